// Rectifiers. Bounds are float bits, or integers for the integer forms.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(relu_tile_init)
TW_SFPU_TILE(relu_tile, relu)
TW_SFPU_TILE(relu_tile_int32, relu_int)
TW_SFPU_INIT(relu_max_tile_init)
TW_SFPU_TILE1(relu_max_tile, relu_max)
TW_SFPU_INIT(relu_max_tile_init_pack)
TW_SFPU_TILE1_PACK(relu_max_tile_pack, relu_max)
TW_SFPU_INIT(relu_min_tile_init)
TW_SFPU_TILE1(relu_min_tile, relu_min)
TW_SFPU_INIT(leaky_relu_tile_init)
template <auto... TwOptions>
ALWI void leaky_relu_tile(uint32_t idst, uint32_t slope = 0, TW_WHERE) {
    TW_CONFIG(leaky_relu_tile);
    MATH((tw_sfpu(tw_self(), TW_SFPU_leaky_relu, 4, idst, slope, 0, 0, TW_SITE)));
}
// min(max(x, 0), limit) and max(x, limit) of integers.
template <auto... TwOptions>
ALWI void relu_max_tile_int32(uint32_t idst, uint32_t limit, TW_WHERE) {
    TW_CONFIG(relu_max_tile_int32);
    MATH((tw_sfpu(tw_self(), TW_SFPU_clamp_int, 4, idst, 0, limit, 0, TW_SITE)));
}
TW_SFPU_TILE1(relu_max_tile_uint32, min_uint_scalar)
TW_SFPU_TILE1(relu_max_tile_uint16, min_uint_scalar)
TW_SFPU_TILE1(relu_min_tile_int32, max_int_scalar)
TW_SFPU_TILE1(relu_min_tile_uint32, max_uint_scalar)
TW_SFPU_TILE1(relu_min_tile_uint16, max_uint_scalar)

}  // namespace ckernel
