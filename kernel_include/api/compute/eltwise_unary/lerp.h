// start + weight (end - start), of three tiles.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(lerp_tile_init)
TW_SFPU_TERNARY(lerp_tile, lerp)

}  // namespace ckernel
