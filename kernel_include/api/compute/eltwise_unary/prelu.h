// x, or slope * x below zero.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(prelu_tile_init)
TW_SFPU_TILE1(prelu_tile, leaky_relu)

}  // namespace ckernel
