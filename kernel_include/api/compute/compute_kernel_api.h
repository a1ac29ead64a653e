// The functions of the vector unit that have no header of their own.
#pragma once

#include "api/compute/common.h"
#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(sigmoid_tile_init)
TW_SFPU_INIT(sigmoid_tile_init_pack)
TW_SFPU_TILE_MODE_OPTION(MATH, sigmoid_tile, sigmoid)
TW_SFPU_TILE_MODE_OPTION(PACK, sigmoid_tile_pack, sigmoid)
TW_SFPU_INIT(silu_tile_init)
TW_SFPU_TILE(silu_tile, silu)
TW_SFPU_INIT(silu_tile_init_pack)
TW_SFPU_TILE_PACK(silu_tile_pack, silu)
TW_SFPU_INIT(tanh_tile_init)
TW_SFPU_TILE(tanh_tile, tanh)
TW_SFPU_INIT(tanh_tile_init_pack)
TW_SFPU_TILE_PACK(tanh_tile_pack, tanh)
TW_SFPU_INIT(square_tile_init)
TW_SFPU_TILE(square_tile, square)
TW_SFPU_INIT(log_tile_init)
TW_SFPU_TILE(log_tile, log)
TW_SFPU_INIT(abs_tile_init)
TW_SFPU_TILE(abs_tile, abs)

}  // namespace ckernel
