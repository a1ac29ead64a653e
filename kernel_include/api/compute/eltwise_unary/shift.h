// Shifts by a scalar count; right shifts keep the sign of signed formats.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(left_shift_tile_init)
TW_SFPU_TILE1(left_shift_tile, left_shift_scalar)
TW_SFPU_INIT(right_shift_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void right_shift_tile(uint32_t idst, uint32_t param0, TW_WHERE) {
    TW_CONFIG(right_shift_tile);
    constexpr bool is_signed = data_format == DataFormat::Int32;
    MATH((tw_sfpu(tw_self(), is_signed ? TW_SFPU_right_shift_scalar : TW_SFPU_logical_right_shift_scalar, 4, idst, param0,
                  0, 0, TW_SITE)));
}

}  // namespace ckernel
