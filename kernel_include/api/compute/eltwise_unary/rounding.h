// Rounding to integers.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(rounding_op_tile_init)
TW_SFPU_TILE(ceil_tile, ceil)
TW_SFPU_TILE(floor_tile, floor)
TW_SFPU_TILE(trunc_tile, trunc)
TW_SFPU_TILE(frac_tile, frac)
TW_SFPU_TILE1(round_tile, round)
TW_SFPU_INIT(ceil_tile_init)
TW_SFPU_INIT(floor_tile_init)
TW_SFPU_TILE(ceil_tile_float32, ceil)
TW_SFPU_TILE(floor_tile_float32, floor)
TW_SFPU_TILE(trunc_tile_float32, trunc)
TW_SFPU_TILE(stochastic_round_tile, stochastic_round)

}  // namespace ckernel
