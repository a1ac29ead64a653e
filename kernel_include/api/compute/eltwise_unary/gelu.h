// x times the CDF of the normal distribution, its tanh form and its derivative.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(gelu_tile_init)
TW_SFPU_TILE(gelu_tile, gelu)
TW_SFPU_INIT(gelu_tile_init_pack)
TW_SFPU_TILE_PACK(gelu_tile_pack, gelu)
TW_SFPU_INIT(gelu_tanh_tile_init)
TW_SFPU_TILE(gelu_tanh_tile, gelu_tanh)
TW_SFPU_INIT(gelu_tanh_tile_init_pack)
TW_SFPU_TILE_PACK(gelu_tanh_tile_pack, gelu_tanh)
TW_SFPU_INIT(gelu_derivative_tile_init)
TW_SFPU_TILE(gelu_derivative_tile, gelu_derivative)

}  // namespace ckernel
