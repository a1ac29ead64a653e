// Least common multiple of two Int32 tiles.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(lcm_tile_init)
TW_SFPU_BINARY(lcm_tile, lcm)

}  // namespace ckernel
