// log(sigmoid(x)). Upstream is also given exp(-x) in a second tile, which it needs not here.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(logsigmoid_tile_init)
ALWI void logsigmoid_tile(uint32_t idst_in0, uint32_t idst_in1, uint32_t idst_out, TW_WHERE) {
    TW_CONFIG(logsigmoid_tile);
    MATH((tw_math_copy_dest(tw_self(), idst_in0, idst_out, TW_SITE)));
    MATH((tw_sfpu(tw_self(), TW_SFPU_logsigmoid, 4, idst_out, 0, 0, 0, TW_SITE)));
}

}  // namespace ckernel
