// x + sin(alpha x)^2 / beta, of three tiles.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(snake_beta_tile_init)
TW_SFPU_TERNARY(snake_beta_tile, snake_beta)

}  // namespace ckernel
