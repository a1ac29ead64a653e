// base^x.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(rpow_tile_init)
template <auto... TwOptions>
ALWI void rpow_tile(uint32_t idst, uint32_t base_val, tw::VectorModeArg vector_mode = {}, TW_WHERE) {
    TW_CONFIG(rpow_tile);
    MATH((tw_sfpu(tw_self(), TW_SFPU_rpow, vector_mode.value, idst, base_val, 0, 0, TW_SITE)));
}

}  // namespace ckernel
