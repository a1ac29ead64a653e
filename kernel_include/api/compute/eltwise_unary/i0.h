// Modified Bessel function of order 0.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(i0_tile_init)
TW_SFPU_TILE(i0_tile, i0)

}  // namespace ckernel
