// Transposes of operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(transpose_init)
TW_NOT_PROVIDED(transpose_tile)
TW_NOT_PROVIDED(transpose_block)

}  // namespace ckernel::experimental
