// x clamped to [low, high].
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(hardtanh_tile_init)
TW_SFPU_TILE2(hardtanh_tile, clamp)
TW_SFPU_INIT(hardtanh_tile_init_pack)
TW_SFPU_TILE2_PACK(hardtanh_tile_pack, clamp)

}  // namespace ckernel
