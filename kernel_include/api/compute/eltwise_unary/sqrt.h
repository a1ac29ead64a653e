// Square root.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(sqrt_tile_init)
TW_SFPU_TILE(sqrt_tile, sqrt)

}  // namespace ckernel
