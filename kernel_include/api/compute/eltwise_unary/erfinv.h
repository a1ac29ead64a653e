// Inverse error function.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(erfinv_tile_init)
TW_SFPU_TILE(erfinv_tile, erfinv)

}  // namespace ckernel
