// Gated activations; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_NOT_PROVIDED(situ_glu_tile)
TW_SFPU_INIT(situ_glu_tile_init)

}  // namespace ckernel
