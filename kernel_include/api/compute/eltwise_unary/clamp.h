// x clamped to [low, high].
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(clamp_tile_init)
TW_SFPU_TILE2(clamp_tile, clamp)
TW_SFPU_TILE2(clamp_tile_int32, clamp_int)

}  // namespace ckernel
