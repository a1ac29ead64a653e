// Matrix products of operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(matmul_init)
TW_NOT_PROVIDED(matmul_tiles)
TW_NOT_PROVIDED(matmul_block_init)
TW_NOT_PROVIDED(matmul_block)

}  // namespace ckernel::experimental
