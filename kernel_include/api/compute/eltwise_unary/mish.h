// x tanh(log(1 + exp(x))).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(mish_tile_init)
TW_SFPU_TILE(mish_tile, mish)

}  // namespace ckernel
