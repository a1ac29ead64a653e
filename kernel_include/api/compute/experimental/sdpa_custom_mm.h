// Products of attention. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(sdpa_custom_mm_block_init_pack_short)
TW_NOT_PROVIDED(sdpa_custom_mm_block_init)
TW_NOT_PROVIDED(sdpa_custom_mm_block_init_short)
TW_NOT_PROVIDED(sdpa_custom_mm_block)
TW_NOT_PROVIDED(sdpa_custom_mm_block_uninit)

}  // namespace ckernel
