// Running sums down the rows, carried from tile to tile until one is the first of its column.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(cumsum_tile_init)
ALWI void cumsum_tile(uint32_t idst, bool first = true, TW_WHERE) {
    TW_CONFIG(cumsum_tile);
    MATH((tw_sfpu(tw_self(), TW_SFPU_cumsum, 4, idst, first, 0, 0, TW_SITE)));
}

}  // namespace ckernel
