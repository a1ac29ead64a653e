// log(1 + x).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(log1p_tile_init)
TW_SFPU_TILE(log1p_tile, log1p)

}  // namespace ckernel
