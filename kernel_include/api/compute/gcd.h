// Greatest common divisor of two Int32 tiles.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(gcd_tile_init)
TW_SFPU_BINARY(gcd_tile, gcd)

}  // namespace ckernel
