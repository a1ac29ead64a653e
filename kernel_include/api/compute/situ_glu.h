// A gated unit whose parts are bounded by tanh.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(situ_glu_tile_init)
template <auto... TwOptions>
ALWI void situ_glu_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, tw::VectorModeArg = {}, TW_WHERE) {
    TW_CONFIG(situ_glu_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_situ_glu, idst0, idst1, odst, 0, 0, TW_SITE)));
}

}  // namespace ckernel
