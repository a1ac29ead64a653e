#include "tile/vector_fma.h"

#include <algorithm>
#include <bit>

namespace tw {
namespace {

constexpr uint32_t kSign = 0x80000000u, kInfinity = 0x7f800000u;

// A float's parts; denormals are zeros. One stands for 2^26: three bits below a float's last take part in rounding.
struct Operand {
    uint32_t sign, significand;
    int32_t exponent;
    bool infinite, nan;

    explicit Operand(uint32_t bits) : sign(bits & kSign), exponent(static_cast<int32_t>(bits >> 23 & 255u)) {
        const uint32_t mantissa = bits & 0x7fffffu;
        significand = exponent == 0 ? 0 : (mantissa | 0x800000u) << 3;
        infinite = exponent == 255 && mantissa == 0;
        nan = exponent == 255 && mantissa != 0;
    }
    bool zero() const { return significand == 0; }
};

// Bits that go out are remembered in the last one, unless all of them go out.
uint32_t align(uint32_t v, int32_t places) {
    if (places > 31) return 0;
    const uint32_t kept = v >> places;
    return kept != 0 && kept << places != v ? kept | 1u : kept;
}

// Three bits below the last: to nearest, ties to even. A carry goes on into the exponent.
uint32_t round(int32_t exponent, uint32_t significand) {
    const uint32_t bits = (static_cast<uint32_t>(exponent) << 23) + (significand >> 3 & 0x7fffffu);
    const uint32_t rest = significand & 7u;
    return bits + (rest > 4 || (rest == 4 && (bits & 1u)));
}

}  // namespace

uint32_t vector_multiply_add(VectorUnit unit, uint32_t x_bits, uint32_t y_bits, uint32_t z_bits) {
    const bool wormhole = unit == VectorUnit::Wormhole;
    const Operand x(x_bits), y(y_bits), z(z_bits);
    const uint32_t product_sign = x.sign ^ y.sign;
    const uint64_t full = uint64_t{x.significand >> 3} * (y.significand >> 3);  // one is 2^46
    auto product = static_cast<uint32_t>(full >> 20) | ((full & 0xfffffu) != 0);
    int32_t exponent = x.exponent + y.exponent - 127;

    // Wormhole's NaN is a pattern that what is computed all the same leaks into.
    uint32_t leaking_nan = 0;
    const bool factor_255 = x.exponent == 255 || y.exponent == 255, overflow = factor_255 || exponent >= 255;
    if (overflow || z.exponent == 255) {
        const bool undefined_product = x.nan || y.nan || (x.infinite && y.zero()) || (y.infinite && x.zero());
        const bool difference = z.infinite && z.sign != product_sign && (wormhole ? overflow : factor_255);
        if (undefined_product || difference || z.nan) {
            if (!wormhole) return 0x7fc00000u;
            leaking_nan = (undefined_product || difference ? product_sign : z.sign) | kInfinity | 1u;
            exponent = std::min(exponent, 255);
        } else {
            return z.infinite ? z_bits : product_sign | kInfinity;
        }
    }

    if (product == 0 || exponent < 0) {  // a product that underflows by itself is nothing
        if (leaking_nan == 0) {
            if (!z.zero()) return z_bits;
            return wormhole ? 0 : z.sign & product_sign;
        }
        product = 0;
        exponent = 0;
    }

    int32_t top = std::max(exponent, z.exponent);
    const auto p = static_cast<int64_t>(align(product, top - exponent));
    const auto a = static_cast<int64_t>(align(z.significand, top - z.exponent));
    const int64_t sum = (product_sign ? -p : p) + (z.sign ? -a : a);
    if (sum == 0) return wormhole ? leaking_nan : z.sign & product_sign;
    const uint32_t sign = sum < 0 ? kSign : 0;
    auto magnitude = static_cast<uint32_t>(sum < 0 ? -sum : sum);

    int32_t down = 5 - std::countl_zero(magnitude);  // until one is 2^26 again
    top += down;
    if (top >= 255) return leaking_nan ? leaking_nan : sign | kInfinity;
    if (wormhole && top < 0) return leaking_nan;
    if (!wormhole && top <= 0) {
        ++down;
        top = 0;
    }
    if (down <= 0) {
        magnitude <<= -down;
    } else {
        // Which of the bits that go out are remembered: the last one; on Blackhole also those that the count's own bits
        // name.
        const uint32_t remembered = wormhole ? 1u : static_cast<uint32_t>(down) | 1u;
        magnitude = magnitude >> down | ((magnitude & remembered) != 0);
    }
    const uint32_t result = round(top, magnitude);
    if (result >> 23 == 0) return wormhole ? leaking_nan : sign;
    return (leaking_nan ? leaking_nan : sign) | result;
}

}  // namespace tw
