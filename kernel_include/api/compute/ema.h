// Exponential moving average down the rows of DST[input], into the tile after it; the last row is kept for the next tile.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

ALWI void ema_init(uint32_t alpha, uint32_t beta, TW_WHERE) {
    TW_CONFIG(ema_init);
    MATH((tw_sfpu_constants(tw_self(), alpha, beta)));
}
ALWI void ema_clear_previous_output() {
    MATH((tw_sfpu_clear_columns(tw_self())));
}
ALWI void ema_tile(uint32_t input_dst_index, TW_WHERE) {
    TW_CONFIG(ema_tile);
    MATH((tw_sfpu_group(tw_self(), TW_SFPU_ema, input_dst_index, 2, 0, 0, 0, TW_SITE)));
}

}  // namespace ckernel
