// Hard sigmoid, softsign, CELU and the shrinking functions.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(hardsigmoid_tile_init)
TW_SFPU_TILE(hardsigmoid_tile, hardsigmoid)
TW_SFPU_INIT(hardsigmoid_tile_init_pack)
TW_SFPU_TILE_PACK(hardsigmoid_tile_pack, hardsigmoid)
TW_SFPU_INIT(softsign_tile_init)
TW_SFPU_TILE(softsign_tile, softsign)
TW_SFPU_INIT(celu_tile_init)
TW_SFPU_TILE2(celu_tile, celu)
TW_SFPU_INIT(softshrink_tile_init)
TW_SFPU_TILE1(softshrink_tile, softshrink)
TW_SFPU_INIT(hardshrink_tile_init)
TW_SFPU_TILE1(hardshrink_tile, hardshrink)

}  // namespace ckernel
