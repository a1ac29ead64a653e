// Comparisons of two integer tiles: 1 or 0.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(eq_int_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void eq_int_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(eq_int_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_eq_int, idst0, idst1, odst, tw::sign_bias(data_format), 0, TW_SITE)));
}
TW_SFPU_INIT(ne_int_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void ne_int_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(ne_int_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_ne_int, idst0, idst1, odst, tw::sign_bias(data_format), 0, TW_SITE)));
}
TW_SFPU_INIT(lt_int_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void lt_int_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(lt_int_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_lt_int, idst0, idst1, odst, tw::sign_bias(data_format), 0, TW_SITE)));
}
TW_SFPU_INIT(gt_int_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void gt_int_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(gt_int_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_gt_int, idst0, idst1, odst, tw::sign_bias(data_format), 0, TW_SITE)));
}
TW_SFPU_INIT(le_int_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void le_int_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(le_int_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_le_int, idst0, idst1, odst, tw::sign_bias(data_format), 0, TW_SITE)));
}
TW_SFPU_INIT(ge_int_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void ge_int_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(ge_int_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_ge_int, idst0, idst1, odst, tw::sign_bias(data_format), 0, TW_SITE)));
}

}  // namespace ckernel
