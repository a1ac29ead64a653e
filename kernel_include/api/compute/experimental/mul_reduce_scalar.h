// Product of two tiles, summed up to one number. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(mul_reduce_scalar_init)
TW_NOT_PROVIDED(mul_reduce_scalar_tile)
TW_NOT_PROVIDED(mul_reduce_scalar_init_fidelity)
TW_NOT_PROVIDED(mul_reduce_scalar_tile_fidelity)
TW_NOT_PROVIDED(mul_reduce_scalar_uninit)

}  // namespace ckernel
