// Rotary embedding on the vector unit. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(rope_sfpu_init)
TW_NOT_PROVIDED(rope_sfpu_inplace_rows)
TW_NOT_PROVIDED(rope_sfpu_inplace)
TW_NOT_PROVIDED(rope_sfpu_fused_init)
TW_NOT_PROVIDED(rope_sfpu_inplace_fused_rows)
TW_NOT_PROVIDED(rope_sfpu_inplace_fused)

}  // namespace ckernel
