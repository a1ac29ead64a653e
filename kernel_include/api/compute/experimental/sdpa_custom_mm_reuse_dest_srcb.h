// Products of attention with DST as operand. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(sdpa_custom_mm_reuse_dest_srcb_block_init)
TW_NOT_PROVIDED(sdpa_custom_mm_reuse_dest_srcb_block_init_short)
TW_NOT_PROVIDED(sdpa_custom_mm_reuse_dest_srcb_block)

}  // namespace ckernel
