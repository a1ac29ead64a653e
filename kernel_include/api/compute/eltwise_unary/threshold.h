// x, or value where x <= threshold.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(threshold_tile_init)
TW_SFPU_TILE2(threshold_tile, threshold)

}  // namespace ckernel
