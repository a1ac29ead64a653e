// Broadcasts over operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(unary_bcast_init)
TW_NOT_PROVIDED(unary_bcast_tile)
TW_NOT_PROVIDED(bcast_init)
TW_NOT_PROVIDED(any_tiles_bcast)
TW_NOT_PROVIDED(add_tiles_bcast)
TW_NOT_PROVIDED(sub_tiles_bcast)
TW_NOT_PROVIDED(mul_tiles_bcast)

}  // namespace ckernel::experimental
