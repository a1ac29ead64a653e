// value / x, rounded to an integer if asked to.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(rdiv_tile_init)
template <RoundingMode rounding_mode = RoundingMode::None, auto... TwOptions>
ALWI void rdiv_tile(uint32_t idst, uint32_t value, tw::VectorModeArg vector_mode = {}, TW_WHERE) {
    TW_CONFIG(rdiv_tile);
    MATH((tw_sfpu(tw_self(), TW_SFPU_rdiv, vector_mode.value, idst, value, static_cast<uint32_t>(rounding_mode), 0,
                  TW_SITE)));
}

}  // namespace ckernel
