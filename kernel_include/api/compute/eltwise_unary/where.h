// The second tile where the first is not zero, else the third.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(where_tile_init)
template <DataFormat data_format = DataFormat::Float16_b>
ALWI void where_tile(uint32_t idst0, uint32_t idst1, uint32_t idst2, uint32_t odst, TW_WHERE) {
    TW_CONFIG(where_tile);
    // The sign of a zero does not count for floats.
    constexpr uint32_t bits = tw::is_integer_format(data_format) ? 0xffffffffu : 0x7fffffffu;
    MATH((tw_sfpu_ternary(tw_self(), TW_SFPU_where, idst0, idst1, idst2, odst, bits, TW_SITE)));
}
// Older names.
ALWI void where_fp32_tile(uint32_t idst0, uint32_t idst1, uint32_t idst2, uint32_t odst, TW_WHERE) {
    where_tile<DataFormat::Float32>(idst0, idst1, idst2, odst, tw_where);
}
ALWI void where_int32_tile(uint32_t idst0, uint32_t idst1, uint32_t idst2, uint32_t odst, TW_WHERE) {
    where_tile<DataFormat::Int32>(idst0, idst1, idst2, odst, tw_where);
}

}  // namespace ckernel
