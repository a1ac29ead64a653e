// Reductions of operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(reduce_init)
TW_NOT_PROVIDED(reduce_tile)
TW_NOT_PROVIDED(reduce_block)
TW_NOT_PROVIDED(reduce_tile_math)
TW_NOT_PROVIDED(reduce_uninit)

}  // namespace ckernel::experimental
