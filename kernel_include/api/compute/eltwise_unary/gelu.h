// x times the normal distribution's CDF.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(gelu_tile_init)
TW_SFPU_TILE(gelu_tile, gelu)
TW_SFPU_INIT(gelu_tile_init_pack)
TW_SFPU_TILE_PACK(gelu_tile_pack, gelu)

}  // namespace ckernel
