// The packer's adder for bfloat16, one value at a time: what L1 holds plus what is packed. The vector code in pack.cpp
// takes this way when an exponent field is 255; tests hold it against silicon's adder alone, which the packer's conversions
// hide.
#pragma once

#include <cstdint>
#include <cstring>

namespace tw {

// bf16 is added exactly and rounded to nearest even. a is what L1 holds: a NaN there gives an infinity, a NaN that is added
// is a number of the binade above the largest (golden atoms, pack_l1_acc_bf16).
inline uint32_t accumulate_bf16(uint32_t a, uint32_t b) {
    const auto flush = [](uint32_t v) { return (v & 0x7f80u) == 0 ? v & 0x8000u : v; };
    a = flush(a);
    b = flush(b);
    const bool a_inf = (a & 0x7fffu) == 0x7f80u, b_inf = (b & 0x7fffu) == 0x7f80u;
    if (a_inf && b_inf && a != b) return 0x7fc0u;
    if (a_inf) return a;
    if (b_inf) return b;
    if ((a & 0x7fffu) > 0x7f80u) return (a & 0x8000u) | 0x7f80u;
    const auto value = [](uint32_t v) {
        const double m = ((v & 0x7f80u) == 0 ? 0.0 : 128.0 + (v & 0x7fu)) * ((v & 0x8000u) ? -1.0 : 1.0);
        return __builtin_ldexp(m, static_cast<int>(v >> 7 & 255u) - 127 - 7);
    };
    const double x = value(a), y = value(b);
    double sum = x + y;
    const bool negative = sum < 0 || (sum == 0 && (a & b & 0x8000u));
    if (sum == 0) return negative ? 0x8000u : 0u;
    // The doubles' sum is inexact only when one is over 2^45 times the other; a sticky bit keeps nearest-even right then.
    const double big = __builtin_fabs(x) >= __builtin_fabs(y) ? x : y;
    const double small = big == x ? y : x;
    const double error = small - (sum - big);
    uint64_t bits;
    std::memcpy(&bits, &sum, 8);
    if (error != 0) {
        if ((error < 0) != (sum < 0)) --bits;
        bits |= 1u;
    }
    const int64_t exponent = static_cast<int64_t>(bits >> 52 & 0x7ffu) - 1023;
    uint64_t mantissa = (bits & 0xfffffffffffffull) | 1ull << 52;
    constexpr int kDrop = 52 - 7;
    const uint64_t rest = mantissa & ((1ull << kDrop) - 1);
    mantissa >>= kDrop;
    const uint64_t half = 1ull << (kDrop - 1);
    if (rest > half || (rest == half && (mantissa & 1u))) ++mantissa;
    int64_t e = exponent + 127;
    if (mantissa == 256) {
        mantissa = 128;
        ++e;
    }
    const uint32_t sign = negative ? 0x8000u : 0u;
    if (e <= 0) return sign;
    if (e >= 255) return sign | 0x7f80u;
    return sign | static_cast<uint32_t>(e) << 7 | static_cast<uint32_t>(mantissa & 0x7fu);
}

}  // namespace tw
