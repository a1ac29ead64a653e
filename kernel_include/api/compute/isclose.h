// |a - b| <= atol + rtol |b|, tolerances as float bits.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(isclose_binary_tile_init)
template <bool EQUAL_NAN = false>
ALWI void isclose_binary_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, uint32_t rtol_bits, uint32_t atol_bits,
                              TW_WHERE) {
    TW_CONFIG(isclose_binary_tile);
    MATH((tw_sfpu_binary(tw_self(), EQUAL_NAN ? TW_SFPU_isclose_nan : TW_SFPU_isclose, idst0, idst1, odst, rtol_bits,
                         atol_bits, TW_SITE)));
}

}  // namespace ckernel
