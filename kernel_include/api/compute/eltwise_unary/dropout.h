// Zero with a probability (times 2^31), else scaled.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

ALWI void dropout_kernel_init(uint32_t seed = 0, TW_WHERE) {
    TW_CONFIG(dropout_kernel_init);
    MATH((tw_sfpu_seed(tw_self(), seed)));
}
TW_SFPU_TILE2(dropout_tile, dropout)

}  // namespace ckernel
