// 1 where x is zero, else 0, in the type of the tile.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(logical_not_tile_init)
template <DataFormat data_format = DataFormat::Float16_b>
ALWI void logical_not_tile(uint32_t idst, TW_WHERE) {
    TW_CONFIG(logical_not_tile);
    constexpr bool is_int = tw::is_integer_format(data_format);
    MATH((tw_sfpu(tw_self(), is_int ? TW_SFPU_logical_not_int : TW_SFPU_logical_not, 4, idst, 0, 0, 0, TW_SITE)));
}
// Older names.
ALWI void logical_not_unary_tile_init() {}
ALWI void logical_not_unary_tile(uint32_t idst, TW_WHERE) {
    logical_not_tile(idst, tw_where);
}
TW_SFPU_TILE(logical_not_unary_tile_int32, logical_not_int)

}  // namespace ckernel
