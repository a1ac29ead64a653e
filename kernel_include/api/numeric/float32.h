// float by its bits.
#pragma once

#include "api/numeric/bfloat16.h"

#include <cstdint>

inline constexpr uint32_t NEG_INF_FLOAT32 = 0xFF800000;
inline constexpr uint32_t POS_INF_FLOAT32 = 0x7F800000;
inline constexpr uint32_t NAN_FLOAT32 = 0x7FFFFFFF;
inline constexpr uint32_t FLOAT32_SIGN_MASK = 0x80000000;
inline constexpr uint32_t FLOAT32_EXPONENT_MASK = 0x7F800000;
inline constexpr uint32_t FLOAT32_MANTISSA_MASK = 0x007FFFFF;
inline constexpr uint32_t FLOAT32_MAGNITUDE_MASK = 0x7FFFFFFF;

// As IEEE has it: nothing is greater than a NaN, and the zeros are equal.
constexpr bool float32_greater(uint32_t a, uint32_t b) {
    const uint32_t ma = a & FLOAT32_MAGNITUDE_MASK, mb = b & FLOAT32_MAGNITUDE_MASK;
    if (ma > FLOAT32_EXPONENT_MASK || mb > FLOAT32_EXPONENT_MASK) return false;
    return (ma | mb) != 0 && tw::float_order(a) > tw::float_order(b);
}
