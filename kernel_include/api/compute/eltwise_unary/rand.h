// Uniform random numbers in [from, from + scale).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

ALWI void rand_tile_init(uint32_t seed = 0, uint32_t stream_id = 0, TW_WHERE) {
    TW_CONFIG(rand_tile_init);
    MATH((tw_sfpu_seed(tw_self(), seed + stream_id * 0x9e3779b9u)));
}
TW_SFPU_TILE2(rand_tile, rand)

}  // namespace ckernel
