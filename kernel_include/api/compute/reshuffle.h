// Rows of DST[idst] added to rows of the tile after it, by a list of 32 bytes in L1: the row to add to, or 32 and above for
// none. The list lies 16 bytes after the address given.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(reshuffle_rows_tile_init)
ALWI void reshuffle_rows_tile(uint32_t idst, uint32_t idx_addr, TW_WHERE) {
    TW_CONFIG(reshuffle_rows_tile);
    MATH((tw_sfpu_with_l1(tw_self(), TW_SFPU_scatter_rows, idst, idst + 1, idx_addr + 16, 32, 0, 0, TW_SITE)));
}

}  // namespace ckernel
