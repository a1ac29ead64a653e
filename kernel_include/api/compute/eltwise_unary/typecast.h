// From one number type to another, in DST. Block floats and bf16 are floats there already.
#pragma once

#include "tw/sfpu_call.h"
#include "tw/typecast.h"

namespace ckernel {

TW_SFPU_INIT(typecast_tile_init)

template <uint32_t IN_DTYPE, uint32_t OUT_DTYPE, auto... TwOptions>
ALWI void typecast_tile(uint32_t idst, TW_WHERE) {
    TW_CONFIG(typecast_tile);
    constexpr int function = tw::typecast_function(IN_DTYPE, OUT_DTYPE);
    if constexpr (function >= 0) MATH((tw_sfpu(tw_self(), function, 4, idst, 0, 0, 0, TW_SITE)));
}

}  // namespace ckernel
