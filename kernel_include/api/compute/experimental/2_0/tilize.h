// Tiles out of rows, of operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(tilize_init)
TW_NOT_PROVIDED(tilize_block)
TW_NOT_PROVIDED(tilize_uninit)

}  // namespace ckernel::experimental
