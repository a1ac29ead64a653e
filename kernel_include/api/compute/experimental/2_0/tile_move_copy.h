// Copies of operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(copy_init)
TW_NOT_PROVIDED(copy_tile)
TW_NOT_PROVIDED(copy_block)

}  // namespace ckernel::experimental
