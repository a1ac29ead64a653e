// The unit's lookup tables: piecewise a |x| + b (docs/hardware.md 2.6). `Retain`: the result takes the operand's sign.
#pragma once

#include "tw/sfpi/functions.h"

namespace sfpi {

enum class LutSign { Update, Retain };

namespace impl_ {

// (1 + m / 16) 2^-e of a byte: sign, three bits of exponent, four of mantissa; 0xff is 0.
constexpr float lut_byte(uint32_t byte) {
    if (byte == 0xffu) return 0.0f;
    const float magnitude = (1.0f + static_cast<float>(byte & 15u) / 16.0f) / static_cast<float>(1u << (byte >> 4 & 7u));
    return byte & 0x80u ? -magnitude : magnitude;
}
// The nearest of a byte's values.
constexpr uint32_t byte_of(float v) {
    uint32_t best = 0xffu;
    const auto distance = [&](uint32_t b) { return lut_byte(b) > v ? lut_byte(b) - v : v - lut_byte(b); };
    for (uint32_t b = 0; b < 0xffu; ++b) {
        if (distance(b) < distance(best)) best = b;
    }
    return best;
}

// f(lane, |x|) gives the result before the sign.
template <class F>
sfpi_inline vFloat looked_up(const vFloat& v, LutSign sign, F f) {
    const tw::lanes::Array in(v.lanes);
    const vFloat y(tw::lanes::each_lane(
        [&](int i) { return std::bit_cast<uint32_t>(f(i, std::bit_cast<float>(in.word[i] & 0x7fffffffu))); }));
    return sign == LutSign::Retain ? copysgn(y, v) : y;
}
constexpr int segment_of_3(float x) {
    return x < 1.0f ? 0 : x < 2.0f ? 1 : 2;
}
constexpr int segment_of_6(float x, float last) {
    return x < 0.5f ? 0 : x < 1.0f ? 1 : x < 1.5f ? 2 : x < 2.0f ? 3 : x < last ? 4 : 5;
}
sfpi_inline float half_float(uint32_t bits) {
    return sFloat16a(bits).value();
}

}  // namespace impl_

// Slope and intercept of one segment as two bytes; two slopes, or two intercepts, as fp16.
class vLut8si : public vUInt {
public:
    using vUInt::vUInt;
    sfpi_inline vLut8si(float slope, float intercept) : vUInt(impl_::byte_of(slope) << 8 | impl_::byte_of(intercept)) {}
};
class vLut16ss : public vUInt {
public:
    using vUInt::vUInt;
};
class vLut16ii : public vUInt {
public:
    using vUInt::vUInt;
};

// Three segments, |x| < 1, < 2, and above; each word holds the slope's byte above the intercept's.
sfpi_inline vFloat lut(const vFloat& v, const vUInt& l0, const vUInt& l1, const vUInt& l2, LutSign sign = LutSign::Retain) {
    const tw::lanes::Array table[3] = {tw::lanes::Array(l0.lanes), tw::lanes::Array(l1.lanes), tw::lanes::Array(l2.lanes)};
    return impl_::looked_up(v, sign, [&](int i, float x) {
        const uint32_t word = table[impl_::segment_of_3(x)].word[i];
        return impl_::lut_byte(word >> 8 & 0xffu) * x + impl_::lut_byte(word & 0xffu);
    });
}
sfpi_inline vFloat lut_sign(const vFloat& v, const vUInt& l0, const vUInt& l1, const vUInt& l2) {
    return lut(v, l0, l1, l2, LutSign::Update);
}

// Three segments; each word holds the slope above the intercept, as fp16.
sfpi_inline vFloat lut2(const vFloat& v, const vUInt& l0, const vUInt& l1, const vUInt& l2,
                        LutSign sign = LutSign::Retain) {
    const tw::lanes::Array table[3] = {tw::lanes::Array(l0.lanes), tw::lanes::Array(l1.lanes), tw::lanes::Array(l2.lanes)};
    return impl_::looked_up(v, sign, [&](int i, float x) {
        const uint32_t word = table[impl_::segment_of_3(x)].word[i];
        return impl_::half_float(word >> 16) * x + impl_::half_float(word & 0xffffu);
    });
}
sfpi_inline vFloat lut2_sign(const vFloat& v, const vUInt& l0, const vUInt& l1, const vUInt& l2) {
    return lut2(v, l0, l1, l2, LutSign::Update);
}

// Three segments of float slopes a and intercepts b.
sfpi_inline vFloat lut2(const vFloat& v, const vFloat& a0, const vFloat& a1, const vFloat& a2, const vFloat& b0,
                        const vFloat& b1, const vFloat& b2, LutSign sign = LutSign::Retain) {
    const vFloat x = abs(v);
    const auto choose = [&](const vFloat& f0, const vFloat& f1, const vFloat& f2) __attribute__((always_inline)) {
        return vFloat(
            tw::lanes::select((x < 1.0f).lanes, f0.lanes, tw::lanes::select((x < 2.0f).lanes, f1.lanes, f2.lanes)));
    };
    const vFloat y = choose(a0, a1, a2) * x + choose(b0, b1, b2);
    return sign == LutSign::Retain ? copysgn(y, v) : y;
}
sfpi_inline vFloat lut2_sign(const vFloat& v, const vFloat& a0, const vFloat& a1, const vFloat& a2, const vFloat& b0,
                             const vFloat& b1, const vFloat& b2) {
    return lut2(v, a0, a1, a2, b0, b1, b2, LutSign::Update);
}

// Six segments with limits 0.5, 1, 1.5, 2 and 3 (table 1) or 4 (table 2); the first of a pair is in the low half.
sfpi_inline vFloat lut2(const vFloat& v, const vUInt& a01, const vUInt& a23, const vUInt& a45, const vUInt& b01,
                        const vUInt& b23, const vUInt& b45, int table = 1, LutSign sign = LutSign::Retain) {
    const tw::lanes::Array a[3] = {tw::lanes::Array(a01.lanes), tw::lanes::Array(a23.lanes), tw::lanes::Array(a45.lanes)};
    const tw::lanes::Array b[3] = {tw::lanes::Array(b01.lanes), tw::lanes::Array(b23.lanes), tw::lanes::Array(b45.lanes)};
    const float last = table == 1 ? 3.0f : 4.0f;
    return impl_::looked_up(v, sign, [&](int i, float x) {
        const int segment = impl_::segment_of_6(x, last);
        const int shift = segment % 2 * 16;
        return impl_::half_float(a[segment / 2].word[i] >> shift & 0xffffu) * x +
               impl_::half_float(b[segment / 2].word[i] >> shift & 0xffffu);
    });
}
sfpi_inline vFloat lut2_sign(const vFloat& v, const vUInt& a01, const vUInt& a23, const vUInt& a45, const vUInt& b01,
                             const vUInt& b23, const vUInt& b45, int table = 1) {
    return lut2(v, a01, a23, a45, b01, b23, b45, table, LutSign::Update);
}
sfpi_inline vFloat lut(const vFloat& v, const vLut16ss& s01, const vLut16ii& i01, const vLut16ss& s23, const vLut16ii& i23,
                       const vLut16ss& s45, const vLut16ii& i45, LutSign sign = LutSign::Retain) {
    return lut2(v, s01, s23, s45, i01, i23, i45, 1, sign);
}

}  // namespace sfpi
