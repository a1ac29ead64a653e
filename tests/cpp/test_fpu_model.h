// The matrix unit one element at a time, written from docs/hardware.md 2.2 to 2.4 with 64-bit integers and nothing else:
// slow and plain, so that it can be read against the document. The vector code must agree with it, and it with the golden
// atoms.
#pragma once

#include "tile/data_format.h"

#include <algorithm>
#include <cstdint>

namespace tw::test::model {

struct Value {
    int64_t significand;  // with sign
    int64_t exponent;
};

inline int64_t shift_half_up(int64_t v, int64_t d) {  // half toward +infinity
    if (d <= 0) return v;
    if (d >= 31) return 0;
    return (v + (int64_t{1} << (d - 1))) >> d;
}
inline int64_t shift_magnitude(int64_t v, int64_t d) {  // half away from zero
    return v < 0 ? -shift_half_up(-v, d) : shift_half_up(v, d);
}

struct Datum {
    int64_t significand = 0;  // 11 bits, no sign
    int64_t exponent = 0;
    bool negative = false;
};

// A float16's exponent is counted in its own 5 bits when DST holds float16, too.
inline Datum split(uint32_t bits, bool tf32, DstKind kind) {
    Datum d;
    d.exponent = bits >> 23 & 255;
    if (kind == DstKind::Fp16 && d.exponent != 0) d.exponent -= 112;
    d.negative = bits >> 31;
    const int64_t mantissa = bits >> 13 & 0x3ff & (tf32 ? 0x3ff : 0x3f8);
    d.significand = d.exponent == 0 ? 0 : 0x400 | mantissa;
    return d;
}

inline int64_t bias(DstKind kind) {
    return kind == DstKind::Fp16 ? 15 : 127;
}

inline int64_t correction(uint32_t phase) {
    return phase == 0 ? 0 : phase == 1 ? -5 : phase == 2 ? -7 : -12;
}

inline int64_t product(const Datum& a, const Datum& b, uint32_t phase) {
    const int64_t x = phase & 1 ? a.significand >> 1 & 31 : a.significand >> 6;
    const int64_t y = phase & 2 ? (b.significand & 15) << 3 : b.significand >> 4;
    return x * y;
}

// Steps 4 to 7 of docs/hardware.md 2.3. Terms are scaled by 2^13.
inline uint32_t accumulate(uint32_t dst, DstKind kind, const Value* terms, int count) {
    const bool fp32 = kind == DstKind::Fp32, fp16 = kind == DstKind::Fp16;
    const int64_t dst_field = dst >> 23 & 255, dst_exponent = fp16 && dst_field != 0 ? dst_field - 112 : dst_field;
    const int64_t dst_magnitude = dst_exponent == 0 ? 0 : (dst & 0x7fffff) | 0x800000;
    int64_t exponent = dst_exponent;
    for (int i = 0; i < count; ++i) exponent = std::max(exponent, terms[i].exponent);
    if (exponent <= 0) return 0;
    const auto to_16 = [&](int64_t v, bool is_dst) {
        if (fp32) return v;
        return (is_dst ? shift_magnitude(v, 13) : shift_half_up(v, 13)) << 13;
    };
    int64_t total = to_16(shift_magnitude(dst >> 31 ? -dst_magnitude : dst_magnitude, exponent - dst_exponent), true);
    for (int i = 0; i < count; ++i)
        total += to_16(shift_half_up(terms[i].significand, exponent - terms[i].exponent), false);
    if (total == 0) return 0;
    const bool negative = total < 0;
    int64_t magnitude = negative ? -total : total;
    int64_t top = 63 - __builtin_clzll(static_cast<uint64_t>(magnitude));
    exponent += top - 23;
    const int64_t keep = fp32 ? 23 : fp16 ? 10 : 7;
    magnitude = top >= keep ? shift_magnitude(magnitude, top - keep) << (23 - keep) : magnitude << (23 - top);
    if (magnitude >> 24) {
        magnitude >>= 1;
        ++exponent;
    }
    const uint32_t sign = negative ? 0x80000000u : 0;
    if (exponent <= 0) return 0;
    if (fp16 && exponent >= 32) return sign | (31u + 112u) << 23 | 0x7fe000u;
    if (fp16) exponent += 112;
    if (exponent >= 255) return sign | 0x7f800000u;
    return sign | static_cast<uint32_t>(exponent) << 23 | (static_cast<uint32_t>(magnitude) & 0x7fffffu);
}

inline uint32_t elwmul(uint32_t a_bits, uint32_t b_bits, uint32_t dst, uint32_t phase, DstKind kind, bool tf32) {
    const Datum a = split(a_bits, tf32, kind), b = split(b_bits, tf32, kind);
    Value v{product(a, b, phase) << 13, a.exponent + b.exponent - bias(kind) + correction(phase)};
    if (a.exponent == 0 || b.exponent == 0 || v.exponent <= 0) v = {0, 0};
    if (a.negative != b.negative) v.significand = -v.significand;
    return accumulate(dst, kind, &v, 1);
}

inline uint32_t elwadd(uint32_t a_bits, uint32_t b_bits, uint32_t dst, bool add_to_dst, DstKind kind, bool tf32) {
    const Datum a = split(a_bits, tf32, kind), b = split(b_bits, tf32, kind);
    const int64_t exponent = std::max(a.exponent, b.exponent);
    const auto align = [&](const Datum& d) {
        const int64_t shift = exponent - d.exponent;
        const int64_t v = shift >= 12 ? 0 : shift_half_up(d.significand, shift);
        return d.negative ? -v : v;
    };
    const Value v{(align(a) + align(b)) << 13, exponent};
    return accumulate(add_to_dst ? dst : 0, kind, &v, 1);
}

// a and b at the given strides, 16 of each.
inline uint32_t mvmul(const uint32_t* a, int a_stride, const uint32_t* b, int b_stride, uint32_t dst, uint32_t phase,
                      DstKind kind, bool tf32) {
    Value groups[2];
    for (int g = 0; g < 2; ++g) {
        int64_t magnitude[8], exponent[8], largest = -100000;
        bool negative[8];
        for (int k = 0; k < 8; ++k) {
            const Datum x = split(a[(g * 8 + k) * a_stride], tf32, kind), y = split(b[(g * 8 + k) * b_stride], tf32, kind);
            const bool zero = x.exponent == 0 || y.exponent == 0;
            magnitude[k] = zero ? 0 : product(x, y, phase);
            exponent[k] = zero ? 0 : x.exponent + y.exponent - bias(kind) + correction(phase);
            negative[k] = x.negative != y.negative;
            largest = std::max(largest, exponent[k]);
        }
        groups[g] = {0, 0};
        if (largest <= 0) continue;
        for (int k = 0; k < 8; ++k) {
            const int64_t v = shift_half_up(magnitude[k], std::min<int64_t>(largest - exponent[k], 30));
            groups[g].significand += negative[k] ? -v : v;
        }
        groups[g].significand <<= 13;
        groups[g].exponent = largest;
    }
    return accumulate(dst, kind, groups, 2);
}

}  // namespace tw::test::model
