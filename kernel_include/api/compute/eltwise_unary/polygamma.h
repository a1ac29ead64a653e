// Derivatives of the digamma function: order and scale as float bits.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(polygamma_tile_init)
TW_SFPU_TILE2(polygamma_tile, polygamma)

}  // namespace ckernel
