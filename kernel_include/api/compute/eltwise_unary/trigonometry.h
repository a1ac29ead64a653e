// Circular and hyperbolic functions and their inverses.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(sin_tile_init)
TW_SFPU_TILE(sin_tile, sin)
TW_SFPU_INIT(cos_tile_init)
TW_SFPU_TILE(cos_tile, cos)
TW_SFPU_INIT(tan_tile_init)
TW_SFPU_TILE(tan_tile, tan)
TW_SFPU_INIT(asin_tile_init)
TW_SFPU_TILE(asin_tile, asin)
TW_SFPU_INIT(acos_tile_init)
TW_SFPU_TILE(acos_tile, acos)
TW_SFPU_INIT(atan_tile_init)
TW_SFPU_TILE(atan_tile, atan)
TW_SFPU_INIT(sinh_tile_init)
TW_SFPU_TILE(sinh_tile, sinh)
TW_SFPU_INIT(cosh_tile_init)
TW_SFPU_TILE(cosh_tile, cosh)
TW_SFPU_INIT(asinh_tile_init)
TW_SFPU_TILE(asinh_tile, asinh)
TW_SFPU_INIT(acosh_tile_init)
TW_SFPU_TILE(acosh_tile, acosh)
TW_SFPU_INIT(atanh_tile_init)
TW_SFPU_TILE(atanh_tile, atanh)

}  // namespace ckernel
