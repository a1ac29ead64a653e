// Scaled ELU: scale, alpha.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(selu_tile_init)
TW_SFPU_TILE2(selu_tile, selu)
TW_SFPU_INIT(selu_tile_init_pack)
TW_SFPU_TILE2_PACK(selu_tile_pack, selu)

}  // namespace ckernel
