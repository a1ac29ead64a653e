// All bits flipped.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(bitwise_not_tile_init)
TW_SFPU_TILE(bitwise_not_tile, bitwise_not)

}  // namespace ckernel
