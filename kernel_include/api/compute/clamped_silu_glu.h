// Gated activations; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_NOT_PROVIDED(clamped_silu_glu_tile)
TW_SFPU_INIT(clamped_silu_glu_tile_init)

}  // namespace ckernel
