// A tile times a scalar kept in DST. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(deepseek_mul_bcast_scalar_init)
TW_NOT_PROVIDED(deepseek_mul_tiles_bcast_scalar)
TW_NOT_PROVIDED(mul_tiles_bcast_scalar_block_init)
TW_NOT_PROVIDED(mul_tiles_bcast_scalar_block)
TW_NOT_PROVIDED(deepseek_mul_tiles_bcast_scalar_init_short)
TW_NOT_PROVIDED(deepseek_binary_dest_reuse_tiles_init)
TW_NOT_PROVIDED(deepseek_binary_dest_reuse_tiles)

}  // namespace ckernel
