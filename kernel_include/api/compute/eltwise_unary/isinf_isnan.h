// Classification: 1.0 or 0.0.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(isinf_tile_init)
TW_SFPU_TILE(isinf_tile, isinf)
TW_SFPU_INIT(isposinf_tile_init)
TW_SFPU_TILE(isposinf_tile, isposinf)
TW_SFPU_INIT(isneginf_tile_init)
TW_SFPU_TILE(isneginf_tile, isneginf)
TW_SFPU_INIT(isnan_tile_init)
TW_SFPU_TILE(isnan_tile, isnan)
TW_SFPU_INIT(isfinite_tile_init)
TW_SFPU_TILE(isfinite_tile, isfinite)

}  // namespace ckernel
