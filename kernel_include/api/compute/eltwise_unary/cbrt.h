// Cube root.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(cbrt_tile_init)
TW_SFPU_TILE(cbrt_tile, cbrt)

}  // namespace ckernel
