// 1 - tanh(x)^2.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(tanh_derivative_tile_init)
TW_SFPU_TILE(tanh_derivative_tile, tanh_derivative)

}  // namespace ckernel
