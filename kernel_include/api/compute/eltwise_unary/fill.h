// A constant in every element.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(fill_tile_init)
template <auto... TwOptions>
ALWI void fill_tile(uint32_t idst, float param0, TW_WHERE) {
    TW_CONFIG(fill_tile);
    MATH((tw_sfpu(tw_self(), TW_SFPU_fill, 4, idst, std::bit_cast<uint32_t>(param0), 0, 0, TW_SITE)));
}
TW_SFPU_TILE1(fill_tile_int, fill_bits)
TW_SFPU_TILE1(fill_tile_bitcast, fill)

}  // namespace ckernel
