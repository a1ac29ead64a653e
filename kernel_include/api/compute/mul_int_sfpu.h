// Integer product of two tiles.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(mul_int_tile_init)
template <DataFormat data_format = DataFormat::Int32>
ALWI void mul_int_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(mul_int_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_mul_int, idst0, idst1, odst, tw::integer_mask(data_format), 0, TW_SITE)));
}

}  // namespace ckernel
