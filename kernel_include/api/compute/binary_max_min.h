// The larger or smaller of two tiles.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(binary_max_tile_init)
template <auto... TwOptions>
ALWI void binary_max_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, tw::VectorModeArg = {}, TW_WHERE) {
    TW_CONFIG(binary_max_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_max, idst0, idst1, odst, 0, 0, TW_SITE)));
}
TW_SFPU_INIT(binary_max_int32_tile_init)
TW_SFPU_BINARY(binary_max_int32_tile, max_int)
TW_SFPU_INIT(binary_max_uint32_tile_init)
TW_SFPU_BINARY(binary_max_uint32_tile, max_uint)
TW_SFPU_INIT(binary_min_tile_init)
template <auto... TwOptions>
ALWI void binary_min_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, tw::VectorModeArg = {}, TW_WHERE) {
    TW_CONFIG(binary_min_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_min, idst0, idst1, odst, 0, 0, TW_SITE)));
}
TW_SFPU_INIT(binary_min_int32_tile_init)
TW_SFPU_BINARY(binary_min_int32_tile, min_int)
TW_SFPU_INIT(binary_min_uint32_tile_init)
TW_SFPU_BINARY(binary_min_uint32_tile, min_uint)

}  // namespace ckernel
