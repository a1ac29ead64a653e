// x - tanh(x).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(tanhshrink_tile_init)
TW_SFPU_TILE(tanhshrink_tile, tanhshrink)

}  // namespace ckernel
