#include "tensor/block_float.h"

#include <algorithm>
#include <array>
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

// A magnitude times a power of two is exact in float, also below the normal range, where it flushes to +0. (The power
// itself may be subnormal, hence its own table entry, not a shifted exponent field.)
template <int kBits>
const float* scales() {
    static const std::array<float, 256> table = [] {
        std::array<float, 256> t{};
        for (int e = 0; e < 256; ++e) t[size_t(e)] = std::ldexp(1.0f, e - 127 - (kBits - 1));
        return t;
    }();
    return table.data();
}

// `elements` holds one element a byte.
template <int kBits>
void unpack_block(uint8_t exponent, const uint8_t* elements, float* values) {
    const float scale = scales<kBits>()[exponent];
    for (int i = 0; i < kBlock; ++i) {
        const float magnitude = float(elements[i] & ((1 << kBits) - 1)) * scale;
        const uint32_t kept = magnitude < std::numeric_limits<float>::min() ? 0 : ~0u;
        const uint32_t sign = uint32_t(elements[i] >> kBits & 1) << 31;
        values[i] = std::bit_cast<float>((std::bit_cast<uint32_t>(magnitude) | sign) & kept);
    }
    if (exponent != 0xff) return;
    for (int i = 0; i < kBlock; ++i) {
        if ((elements[i] & ((1 << kBits) - 1)) > 1 << (kBits - 1)) values[i] = std::numeric_limits<float>::quiet_NaN();
    }
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
    unpack_block<7>(exponent, mantissas, values);
}

void unpack_bfp4_block(uint8_t exponent, const uint8_t* mantissas, float* values) {
    uint8_t elements[kBlock];
    for (int i = 0; i < kBlock / 2; ++i) {
        elements[2 * i] = mantissas[i] & 0xf;
        elements[2 * i + 1] = mantissas[i] >> 4;
    }
    unpack_block<3>(exponent, elements, values);
}

}  // namespace tw
