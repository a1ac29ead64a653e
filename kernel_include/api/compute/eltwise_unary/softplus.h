// log(1 + exp(beta x)) / beta, or x above the threshold.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(softplus_tile_init)
TW_SFPU_TILE3(softplus_tile, softplus)
TW_SFPU_INIT(softplus_tile_init_pack)
TW_SFPU_TILE3_PACK(softplus_tile_pack, softplus)

}  // namespace ckernel
