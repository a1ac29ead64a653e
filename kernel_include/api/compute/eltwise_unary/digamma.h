// Logarithmic derivative of the gamma function.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(digamma_tile_init)
TW_SFPU_TILE(digamma_tile, digamma)

}  // namespace ckernel
