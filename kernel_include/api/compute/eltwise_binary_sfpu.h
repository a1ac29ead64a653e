// Two DST tiles into a third, on the vector unit.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(add_binary_tile_init)
template <DstRoundingMode rounding = DstRoundingMode::Default, auto... TwOptions>
ALWI void add_binary_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(add_binary_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_add, idst0, idst1, odst, static_cast<uint32_t>(rounding), 0, TW_SITE)));
}
TW_SFPU_INIT(sub_binary_tile_init)
template <DstRoundingMode rounding = DstRoundingMode::Default, auto... TwOptions>
ALWI void sub_binary_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(sub_binary_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_sub, idst0, idst1, odst, static_cast<uint32_t>(rounding), 0, TW_SITE)));
}
TW_SFPU_INIT(rsub_binary_tile_init)
template <DstRoundingMode rounding = DstRoundingMode::Default, auto... TwOptions>
ALWI void rsub_binary_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(rsub_binary_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_rsub, idst0, idst1, odst, static_cast<uint32_t>(rounding), 0, TW_SITE)));
}
TW_SFPU_INIT(mul_binary_tile_init)
TW_SFPU_BINARY(mul_binary_tile, mul)
TW_SFPU_INIT(div_binary_tile_init)
TW_SFPU_BINARY(div_binary_tile, div)
TW_SFPU_INIT(power_binary_tile_init)
TW_SFPU_BINARY(power_binary_tile, power_binary)
TW_SFPU_INIT(eq_binary_tile_init)
TW_SFPU_BINARY(eq_binary_tile, eq)
TW_SFPU_INIT(ne_binary_tile_init)
TW_SFPU_BINARY(ne_binary_tile, ne)
TW_SFPU_INIT(lt_binary_tile_init)
TW_SFPU_BINARY(lt_binary_tile, lt)
TW_SFPU_INIT(gt_binary_tile_init)
TW_SFPU_BINARY(gt_binary_tile, gt)
TW_SFPU_INIT(le_binary_tile_init)
TW_SFPU_BINARY(le_binary_tile, le)
TW_SFPU_INIT(ge_binary_tile_init)
TW_SFPU_BINARY(ge_binary_tile, ge)

}  // namespace ckernel
