// bfloat16 by its bits.
#pragma once

#include "tw/attributes.h"

#include <bit>
#include <cstdint>
#include <cstring>

inline constexpr uint16_t NEG_INF_BFLOAT16 = 0xFF80;
inline constexpr uint16_t POS_INF_BFLOAT16 = 0x7F80;
inline constexpr uint16_t NAN_BFLOAT16 = 0x7FFF;
inline constexpr uint16_t BFLOAT16_SIGN_MASK = 0x8000;
inline constexpr uint16_t BFLOAT16_EXPONENT_MASK = 0x7F80;
inline constexpr uint16_t BFLOAT16_MANTISSA_MASK = 0x007F;
inline constexpr uint16_t BFLOAT16_MAGNITUDE_MASK = 0x7FFF;

FORCE_INLINE float bf16_to_fp32(uint16_t bits) {
    return std::bit_cast<float>(uint32_t(bits) << 16);
}

FORCE_INLINE uint16_t fp32_to_bf16_truncate(float x) {
    return static_cast<uint16_t>(std::bit_cast<uint32_t>(x) >> 16);
}

// To nearest, ties to even, as the packer rounds.
FORCE_INLINE uint16_t fp32_to_bf16(float x) {
    const uint32_t bits = std::bit_cast<uint32_t>(x);
    return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

struct FloatBits {
    uint16_t high16, low16;
    explicit FloatBits(float value)
        : high16(static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16)),
          low16(static_cast<uint16_t>(std::bit_cast<uint32_t>(value))) {}
};

namespace tw {

// Maps sign and magnitude to an unsigned order: -inf < .. < -0 < +0 < .. < +inf.
template <class Bits>
constexpr Bits float_order(Bits bits) {
    constexpr Bits sign = static_cast<Bits>(Bits(1) << (sizeof(Bits) * 8 - 1));
    return (bits & sign) != 0 ? static_cast<Bits>(~bits) : static_cast<Bits>(bits | sign);
}

}  // namespace tw

constexpr bool bfloat16_greater(uint16_t a, uint16_t b) {
    return tw::float_order(a) > tw::float_order(b);
}
