// Logarithm of the gamma function. The three-step form that upstream builds it from is not provided.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_TILE(lgamma_tile, lgamma)
TW_SFPU_INIT(lgamma_tile_init)
TW_NOT_PROVIDED(lgamma_stirling_tile_init)
TW_NOT_PROVIDED(lgamma_stirling_float_tile_init)
TW_NOT_PROVIDED(lgamma_adjusted_tile_init)
TW_NOT_PROVIDED(lgamma_stirling_tile)
TW_NOT_PROVIDED(lgamma_stirling_float_tile)
TW_NOT_PROVIDED(lgamma_adjusted_tile)

}  // namespace ckernel
