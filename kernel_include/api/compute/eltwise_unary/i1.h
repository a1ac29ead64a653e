// Modified Bessel function of order 1.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(i1_tile_init)
TW_SFPU_TILE(i1_tile, i1)

}  // namespace ckernel
