#include "tensor/block_float.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tw {

namespace {

constexpr int kBlock = 16;
constexpr uint32_t kImplicitOne = 0x800000;

uint32_t biased_exponent(float value) {
    return std::bit_cast<uint32_t>(value) >> 23 & 0xff;
}

// A block that holds an infinity or a NaN: these get the top mantissa bit (NaN the next, too), everything finite becomes 0.
template <int kBits>
uint32_t special_magnitude(float value) {
    if (std::isfinite(value)) return 0;
    return std::isnan(value) ? 3u << (kBits - 2) : 1u << (kBits - 1);
}

// kBits magnitude bits without a hidden one. The significand is aligned to the block's exponent first, which cuts it, and
// rounded to nearest even after that; a magnitude that rounds up to 2^kBits stays at the largest.
template <int kBits>
uint8_t pack_block(const float* values, uint8_t* elements) {
    uint32_t shared = 0;
    for (int i = 0; i < kBlock; ++i) shared = std::max(shared, biased_exponent(values[i]));
    constexpr int kDropped = 24 - kBits;
    for (int i = 0; i < kBlock; ++i) {
        const auto bits = std::bit_cast<uint32_t>(values[i]);
        const uint32_t own = bits >> 23 & 0xff;
        uint32_t magnitude;
        if (shared == 0xff) {
            magnitude = special_magnitude<kBits>(values[i]);
        } else {
            const uint32_t significand = own == 0 ? 0 : kImplicitOne | (bits & (kImplicitOne - 1));
            const uint32_t aligned = significand >> std::min(shared - own, 31u);
            const uint32_t half = (1u << (kDropped - 1)) - 1 + (aligned >> kDropped & 1);
            magnitude = std::min((aligned + half) >> kDropped, (1u << kBits) - 1);
        }
        elements[i] = uint8_t(magnitude == 0 ? 0 : (bits >> 31) << kBits | magnitude);
    }
    return uint8_t(shared);
}

// All magnitudes times a power of two are exact in float, also below the normal range, where they flush to +0.
template <int kBits>
float unpack_element(uint8_t exponent, uint32_t element) {
    const uint32_t magnitude = element & ((1u << kBits) - 1);
    const float sign = element >> kBits & 1 ? -1.0f : 1.0f;
    if (exponent == 0xff && magnitude > 1u << (kBits - 1)) return sign * std::numeric_limits<float>::quiet_NaN();
    const float value = std::ldexp(float(magnitude), int(exponent) - 127 - (kBits - 1));
    return value < std::numeric_limits<float>::min() ? 0.0f : sign * value;
}

}  // namespace

uint8_t pack_bfp8_block(const float* values, uint8_t* mantissas) {
    return pack_block<7>(values, mantissas);
}

uint8_t pack_bfp4_block(const float* values, uint8_t* mantissas) {
    uint8_t elements[kBlock];
    const uint8_t exponent = pack_block<3>(values, elements);
    for (int i = 0; i < kBlock / 2; ++i) mantissas[i] = uint8_t(elements[2 * i] | elements[2 * i + 1] << 4);
    return exponent;
}

void unpack_bfp8_block(uint8_t exponent, const uint8_t* mantissas, float* values) {
    for (int i = 0; i < kBlock; ++i) values[i] = unpack_element<7>(exponent, mantissas[i]);
}

void unpack_bfp4_block(uint8_t exponent, const uint8_t* mantissas, float* values) {
    for (int i = 0; i < kBlock; ++i) values[i] = unpack_element<3>(exponent, mantissas[i / 2] >> (i % 2 * 4) & 0xf);
}

}  // namespace tw
