// Element-wise arithmetic on operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(binary_tiles_init)
TW_NOT_PROVIDED(add_init)
TW_NOT_PROVIDED(sub_init)
TW_NOT_PROVIDED(mul_init)
TW_NOT_PROVIDED(add_tiles)
TW_NOT_PROVIDED(sub_tiles)
TW_NOT_PROVIDED(mul_tiles)
TW_NOT_PROVIDED(add_block)
TW_NOT_PROVIDED(sub_block)
TW_NOT_PROVIDED(mul_block)
TW_NOT_PROVIDED(add_reuse_dest_init)
TW_NOT_PROVIDED(sub_reuse_dest_init)
TW_NOT_PROVIDED(mul_reuse_dest_init)
TW_NOT_PROVIDED(add_reuse_dest_tiles)
TW_NOT_PROVIDED(sub_reuse_dest_tiles)
TW_NOT_PROVIDED(mul_reuse_dest_tiles)

}  // namespace ckernel::experimental
