// Products of narrow blocks. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(custom_mm_block_init)
TW_NOT_PROVIDED(custom_mm_block_init_short)
TW_NOT_PROVIDED(custom_mm_block)
TW_NOT_PROVIDED(custom_mm_block_unpack)
TW_NOT_PROVIDED(custom_mm_block_math)
TW_NOT_PROVIDED(custom_mm_block_uninit)

}  // namespace ckernel
