// RMS norm in steps that keep operands in DST. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(rmsnorm_bcast_scalar_reuse_tiles_init)
TW_NOT_PROVIDED(rmsnorm_bcast_scalar_reuse_tiles)
TW_NOT_PROVIDED(rmsnorm_bcast_scalar_reuse_tiles_init_fidelity)
TW_NOT_PROVIDED(rmsnorm_bcast_scalar_reuse_tiles_fidelity)
TW_NOT_PROVIDED(rmsnorm_mul_bcast_scalar_reuse_tiles_init)
TW_NOT_PROVIDED(rmsnorm_mul_bcast_scalar_reuse_tiles)
TW_NOT_PROVIDED(mul_reduce_scalar_chunked_tile)
TW_NOT_PROVIDED(mul_reuse_dest_init_fidelity)
TW_NOT_PROVIDED(mul_reuse_dest_tiles_fidelity)
TW_NOT_PROVIDED(mul_bcast_scalar_init_fidelity)
TW_NOT_PROVIDED(mul_tiles_bcast_scalar_fidelity)

}  // namespace ckernel
