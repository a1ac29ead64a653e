// Error function and its complement.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(erf_tile_init)
TW_SFPU_TILE(erf_tile, erf)
TW_SFPU_INIT(erfc_tile_init)
TW_SFPU_TILE(erfc_tile, erfc)

}  // namespace ckernel
