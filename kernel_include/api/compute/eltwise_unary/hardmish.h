// x clamped(x / 2 + 1, 0, 1).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(hardmish_tile_init)
TW_SFPU_TILE(hardmish_tile, hardmish)

}  // namespace ckernel
