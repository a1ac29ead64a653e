// One integer tile shifted by the counts in another.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(binary_shift_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void binary_left_shift_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(binary_left_shift_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_left_shift, idst0, idst1, odst, tw::integer_mask(data_format), 0, TW_SITE)));
}
template <DataFormat data_format = DataFormat::Int32>
ALWI void binary_right_shift_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(binary_right_shift_tile);
    constexpr bool is_signed = data_format == DataFormat::Int32;
    MATH((tw_sfpu_binary(tw_self(), is_signed ? TW_SFPU_right_shift : TW_SFPU_logical_right_shift, idst0, idst1, odst, 0, 0,
                         TW_SITE)));
}
TW_SFPU_BINARY(binary_logical_right_shift_tile, logical_right_shift)

}  // namespace ckernel
