// sfpi's functions of one or two vectors: fields of a float, shifts, conversions, minimum and maximum.
#pragma once

#include "tw/sfpi/registers.h"

namespace sfpi {

enum class ExponentMode { Debias, Biased, NoDebias = Biased };
enum class MantissaMode { FractionOnly, WithUnitBit, ImplicitOne = WithUnitBit };
enum class ShiftMode { Logical, Arithmetic };
enum class RoundMode {
    Nearest,
    NearestEven = Nearest,
    NearestAway = Nearest,
    Even = Nearest,
    // Random rounding is not modelled: these round to nearest as well.
    Stochastic = Nearest,
    NearestStochastic = Nearest,
    Zero,
};

namespace impl_ {

#define TW_SFPI_OF(...) [&](auto __VA_ARGS__) __attribute__((always_inline))

// The bits of a scalar or of a vector, one word a lane.
template <class T>
sfpi_inline Lanes bits_of(const T& v) {
    if constexpr (std::integral<T>) {
        return tw::lanes::all(static_cast<uint32_t>(v));
    } else if constexpr (Constant<T>) {
        return v.as_integer().lanes;
    } else if constexpr (Value<T>) {
        return v.lanes;
    } else {
        return static_cast<vFloat>(v).lanes;
    }
}
template <class T>
concept Bits = std::integral<T> || Value<T> || Constant<T>;

// (v & ~mask) | (field << shift & mask)
sfpi_inline Lanes with_field(const Lanes& v, const Lanes& field, uint32_t mask, uint32_t shift) {
    return tw::lanes::map(v, field, TW_SFPI_OF(x, auto f) { return (x & ~mask) | (f << shift & mask); });
}

}  // namespace impl_

template <Value To, Value From>
sfpi_inline To as(const From& v) {
    return To(v.lanes);
}
template <Value To, Value From>
sfpi_inline To reinterpret(const From& v) {
    return To(v.lanes);
}
template <Value To>
sfpi_inline To as(const vDstWord& v) {
    return To(static_cast<vInt>(v).lanes);
}
template <Value To>
sfpi_inline To reinterpret(const vDstWord& v) {
    return To(static_cast<vInt>(v).lanes);
}

// ---------------------------------------------------------------- fields of a float
sfpi_inline vInt exexp(const vFloat& v, ExponentMode mode = ExponentMode::Debias) {
    const uint32_t bias = mode == ExponentMode::Debias ? 127 : 0;
    return vInt(tw::lanes::map(v.lanes, TW_SFPI_OF(x) { return (x >> 23 & 0xffu) - bias; }));
}
sfpi_inline vInt exexp_nodebias(const vFloat& v) {
    return exexp(v, ExponentMode::Biased);
}
sfpi_inline vMag exman(const vFloat& v, MantissaMode mode = MantissaMode::FractionOnly) {
    const uint32_t one = mode == MantissaMode::WithUnitBit ? 0x800000u : 0;
    return vMag(tw::lanes::map(v.lanes, TW_SFPI_OF(x) { return (x & 0x7fffffu) | one; }));
}
sfpi_inline vMag exman8(const vFloat& v) {
    return exman(v, MantissaMode::WithUnitBit);
}
sfpi_inline vMag exman9(const vFloat& v) {
    return exman(v);
}
sfpi_inline vFloat setexp(const vFloat& v, const impl_::Bits auto& exponent) {
    return vFloat(impl_::with_field(v.lanes, impl_::bits_of(exponent), 0x7f800000u, 23));
}
sfpi_inline vFloat copyexp(const vFloat& v, const vFloat& from) {
    return vFloat(impl_::with_field(v.lanes, from.lanes, 0x7f800000u, 0));
}
sfpi_inline vFloat setman(const vFloat& v, const impl_::Bits auto& mantissa) {
    return vFloat(impl_::with_field(v.lanes, impl_::bits_of(mantissa), 0x7fffffu, 0));
}
sfpi_inline vFloat copyman(const vFloat& v, const vFloat& from) {
    return vFloat(impl_::with_field(v.lanes, from.lanes, 0x7fffffu, 0));
}
// Adds to the exponent, which wraps in its eight bits; infinities and NaNs stay.
sfpi_inline vFloat addexp(const vFloat& v, int n) {
    const uint32_t step = static_cast<uint32_t>(n) << 23;
    return vFloat(tw::lanes::map(
        v.lanes,
        TW_SFPI_OF(x) { return (x & 0x7f800000u) == 0x7f800000u ? x : (x & 0x807fffffu) | ((x + step) & 0x7f800000u); }));
}
template <Value V>
sfpi_inline V setsgn(const V& v, std::integral auto sign) {
    return V(impl_::with_field(v.lanes, impl_::bits_of(sign), 0x80000000u, 31));
}
template <Value V, Value S>
sfpi_inline V copysgn(const V& v, const S& sign) {
    return V(impl_::with_field(v.lanes, sign.lanes, 0x80000000u, 0));
}
template <Value V, Value S>
sfpi_inline V setsgn(const V& v, const S& sign) {
    return copysgn(v, sign);
}
sfpi_inline vFloat setsgn(const vDstWord& v, std::integral auto sign) {
    return setsgn(static_cast<vFloat>(v), sign);
}

sfpi_inline vFloat abs(const vFloat& v) {
    return setsgn(v, 0);
}
sfpi_inline vInt abs(const vInt& v) {
    return vInt(tw::lanes::map(v.lanes, TW_SFPI_OF(x) { return (tw::lanes::Signed)x < 0 ? -x : x; }));
}
sfpi_inline vMag abs(const vSMag& v) {
    return vMag(v.lanes & tw::lanes::all(0x7fffffffu));
}

// Leading zeros; 32 of zero.
template <Value V>
sfpi_inline vInt lz(const V& v) {
    const tw::lanes::Array a(v.lanes);
    return vInt(tw::lanes::each_lane([&](int i) { return static_cast<uint32_t>(std::countl_zero(a.word[i])); }));
}
template <Value V>
sfpi_inline vInt lz_nosgn(const V& v) {
    return lz(vInt(v.lanes & tw::lanes::all(0x7fffffffu)));
}

// ---------------------------------------------------------------- shifts: to the left, or by a negative amount to the
// right
template <Integer V, impl_::Bits N>
sfpi_inline V shft(const V& v, const N& amount, ShiftMode mode) {
    const bool arithmetic = mode == ShiftMode::Arithmetic;
    return V(tw::lanes::map(
        v.lanes, impl_::bits_of(amount), TW_SFPI_OF(x, auto n) {
            const auto right = -n & 31u;
            const auto moved =
                arithmetic ? (tw::lanes::Words)((tw::lanes::Signed)x >> (tw::lanes::Signed)right) : x >> right;
            return (tw::lanes::Signed)n < 0 ? moved : x << (n & 31u);
        }));
}
template <impl_::Bits N>
sfpi_inline vUInt shft(const vUInt& v, const N& amount) {
    return shft(v, amount, ShiftMode::Logical);
}
template <impl_::Bits N>
sfpi_inline vInt shft(const vInt& v, const N& amount) {
#if defined(ARCH_BLACKHOLE)
    return shft(v, amount, ShiftMode::Arithmetic);
#else
    return shft(v, amount, ShiftMode::Logical);  // Wormhole shifts logically only
#endif
}

// ---------------------------------------------------------------- conversions
namespace impl_ {

sfpi_inline Lanes twos_of_sign_magnitude(const Lanes& v) {
    return tw::lanes::map(v, TW_SFPI_OF(x) { return (tw::lanes::Signed)x < 0 ? -(x & 0x7fffffffu) : x; });
}
// The most negative number has no magnitude: clamped.
sfpi_inline Lanes sign_magnitude_of_twos(const Lanes& v) {
    return tw::lanes::map(
        v, TW_SFPI_OF(x) {
            const auto negative = x == 0x80000000u ? tw::lanes::Words{} + 0xffffffffu : -x | 0x80000000u;
            return (tw::lanes::Signed)x < 0 ? negative : x;
        });
}
sfpi_inline Lanes float_of_sign_magnitude(const Lanes& v) {
    return tw::lanes::map(
        v, TW_SFPI_OF(x) {
            const auto f = __builtin_convertvector((tw::lanes::Signed)(x & 0x7fffffffu), tw::lanes::Floats);
            return (tw::lanes::Words)f | (x & 0x80000000u);
        });
}
// fp32 to bf16: half away from zero, denormals to +0, exponent 255 to an infinity (docs/hardware.md 2.6).
sfpi_inline Lanes rounded_bf16(const Lanes& v, RoundMode mode) {
    const uint32_t half = mode == RoundMode::Zero ? 0 : 0x8000u;
    return tw::lanes::map(
        v, TW_SFPI_OF(x) {
            const auto exponent = x & 0x7f800000u;
            const auto y = (x + half) & 0xffff0000u;
            const auto special = exponent == 0x7f800000u ? x & 0xff800000u : y;
            return exponent == 0 ? tw::lanes::Words{} : special;
        });
}
sfpi_inline Lanes rounded_fp16(const Lanes& v, RoundMode mode) {
    const uint32_t half = mode == RoundMode::Zero ? 0 : 0x1000u;
    return tw::lanes::map(
        v, TW_SFPI_OF(x) {
            const auto y = (x + half) & 0xffffe000u;
            return (y & 0x7f800000u) <= 0x38000000u ? tw::lanes::Words{} : y;
        });
}
// Half away from zero, clamped to `limit`; with the sign above it when `is_signed`, else negative numbers are 0.
sfpi_inline Lanes rounded_integer(const Lanes& v, uint32_t limit, bool is_signed, RoundMode mode) {
    const Array a(v);
    return tw::lanes::each_lane([&](int i) -> uint32_t {
        const float x = std::bit_cast<float>(a.word[i]);
        const float magnitude = __builtin_fabsf(x);
        if (x != x) return limit | (is_signed ? a.word[i] & 0x80000000u : 0u);
        const float whole = mode == RoundMode::Zero ? __builtin_truncf(magnitude)
                                                    : __builtin_truncf(magnitude + (magnitude < 0x1p22f ? 0.5f : 0.0f));
        const uint32_t n = whole >= static_cast<float>(limit) ? limit : static_cast<uint32_t>(whole);
        if (!is_signed) return x < 0 ? 0u : n;
        return n == 0 ? 0u : n | (a.word[i] & 0x80000000u);
    });
}
// Sign-magnitude, divided by 2^descale, half away, clamped.
sfpi_inline Lanes descaled(const Lanes& v, const Lanes& by, uint32_t limit, bool is_signed) {
    const Array a(v), d(by);
    return tw::lanes::each_lane([&](int i) -> uint32_t {
        const uint32_t shift = d.word[i] & 31u;
        const uint64_t n = ((a.word[i] & 0x7fffffffull) + (shift ? 1ull << (shift - 1) : 0)) >> shift;
        const uint32_t clamped = n > limit ? limit : static_cast<uint32_t>(n);
        const uint32_t sign = a.word[i] & 0x80000000u;
        if (!is_signed) return sign ? 0u : clamped;
        return clamped ? clamped | sign : 0u;
    });
}

template <class To, class From>
sfpi_inline Lanes converted(const From& v, const Lanes& descale, RoundMode mode) {
    constexpr bool from_float = std::derived_from<From, vFloat>;
    if constexpr (std::same_as<To, From> || (std::same_as<To, vFloat> && from_float)) {
        return v.lanes;
    } else if constexpr (from_float) {
        if constexpr (std::same_as<To, vFloat16b>)
            return rounded_bf16(v.lanes, mode);
        else if constexpr (std::same_as<To, vFloat16a>)
            return rounded_fp16(v.lanes, mode);
        else if constexpr (std::same_as<To, vUInt16>)
            return rounded_integer(v.lanes, 65535, false, mode);
        else if constexpr (std::same_as<To, vUInt8>)
            return rounded_integer(v.lanes, 255, false, mode);
        else if constexpr (std::same_as<To, vSMag16>)
            return rounded_integer(v.lanes, 32767, true, mode);
        else if constexpr (std::same_as<To, vSMag8>)
            return rounded_integer(v.lanes, 127, true, mode);
        else
            static_assert(tw::kNever<To>, "not implemented in tilewright: sfpi::convert from a float to this type");
    } else if constexpr (std::derived_from<From, vSMag>) {
        if constexpr (std::derived_from<To, vFloat>)
            return converted<To>(vFloat(float_of_sign_magnitude(v.lanes)), descale, mode);
        else if constexpr (std::same_as<To, vInt>)
            return twos_of_sign_magnitude(v.lanes);
        else if constexpr (std::same_as<To, vUInt8>)
            return descaled(v.lanes, descale, 255, false);
        else if constexpr (std::same_as<To, vSMag8>)
            return descaled(v.lanes, descale, 127, true);
        else
            static_assert(tw::kNever<To>, "not implemented in tilewright: sfpi::convert from sign-magnitude to this type");
    } else {
        if constexpr (std::same_as<To, vSMag>)
            return sign_magnitude_of_twos(v.lanes);
        else if constexpr (std::same_as<From, vInt>)
            return converted<To>(vSMag(sign_magnitude_of_twos(v.lanes)), descale, mode);
        else
            return converted<To>(vSMag(v.lanes), descale, mode);
    }
}

}  // namespace impl_

template <Value To, Value From>
sfpi_inline To convert(const From& v, RoundMode mode = RoundMode::Nearest) {
    return To(impl_::converted<To>(v, tw::lanes::all(0u), mode));
}
template <Value To, Value From, impl_::Bits D>
sfpi_inline To convert(const From& v, const D& descale, RoundMode mode = RoundMode::Nearest) {
    return To(impl_::converted<To>(v, impl_::bits_of(descale), mode));
}

// The older names. The unit's cast reads a sign and a magnitude.
sfpi_inline vFloat int32_to_float(const vInt& v, RoundMode = RoundMode::Nearest) {
    return vFloat(impl_::float_of_sign_magnitude(v.lanes));
}
sfpi_inline vFloat int32_to_float(const vInt& v, int) {
    return int32_to_float(v);
}
sfpi_inline vFloat float_to_fp16a(const vFloat& v, RoundMode mode = RoundMode::Nearest) {
    return convert<vFloat16a>(v, mode);
}
sfpi_inline vFloat float_to_fp16b(const vFloat& v, RoundMode mode = RoundMode::Nearest) {
    return convert<vFloat16b>(v, mode);
}
sfpi_inline vFloat float_to_fp16b(const vFloat& v, int) {
    return convert<vFloat16b>(v);
}
sfpi_inline vUInt float_to_uint8(const vFloat& v, RoundMode mode = RoundMode::Nearest) {
    return convert<vUInt8>(v, mode);
}
sfpi_inline vUInt float_to_uint16(const vFloat& v, RoundMode mode = RoundMode::Nearest) {
    return convert<vUInt16>(v, mode);
}
sfpi_inline vInt float_to_int8(const vFloat& v, RoundMode mode = RoundMode::Nearest) {
    return vInt(convert<vSMag8>(v, mode).lanes);
}
sfpi_inline vInt float_to_int16(const vFloat& v, RoundMode mode = RoundMode::Nearest) {
    return vInt(convert<vSMag16>(v, mode).lanes);
}
sfpi_inline vUInt int32_to_uint8(const vInt& v, const impl_::Bits auto& descale, RoundMode mode = RoundMode::Nearest) {
    return convert<vUInt8>(vSMag(v.lanes), descale, mode);
}
sfpi_inline vInt int32_to_int8(const vInt& v, const impl_::Bits auto& descale, RoundMode mode = RoundMode::Nearest) {
    return vInt(convert<vSMag8>(vSMag(v.lanes), descale, mode).lanes);
}

// ---------------------------------------------------------------- order: sign-magnitude, -NaN < -inf ... +inf < +NaN
namespace impl_ {

sfpi_inline Lanes is_less(const Lanes& a, const Lanes& b) {
    const auto key = [](auto x) __attribute__((always_inline)) {
        return (tw::lanes::Signed)((tw::lanes::Signed)x < 0 ? x ^ 0x7fffffffu : x);
    };
    return tw::lanes::map(a, b, TW_SFPI_OF(x, auto y) { return key(x) < key(y); });
}

}  // namespace impl_

template <class V>
struct vMinMax {
    V min, max;
};
template <Value V>
sfpi_inline vMinMax<V> min_max(const V& a, const V& b) {
    const impl_::Lanes b_first = impl_::is_less(b.lanes, a.lanes);
    return {V(tw::lanes::select(b_first, b.lanes, a.lanes)), V(tw::lanes::select(b_first, a.lanes, b.lanes))};
}
template <Value V>
sfpi_inline V min(const V& a, const std::type_identity_t<V>& b) {
    return min_max(a, b).min;
}
template <Value V>
sfpi_inline V max(const V& a, const std::type_identity_t<V>& b) {
    return min_max(a, b).max;
}
// Sorts each lane of the two in place.
template <Value V>
sfpi_inline void vec_min_max(V& a, V& b) {
    const vMinMax<V> sorted = min_max(a, b);
    a = sorted.min;
    b = sorted.max;
}
template <Value V>
sfpi_inline void vec_swap(V& a, V& b) {
    const V was = a;
    a = b;
    b = was;
}
sfpi_inline vFloat clamp(const vFloat& v, const vFloat& low, const vFloat& high) {
    return min(max(v, low), high);
}
sfpi_inline vFloat symmetric_clamp(const vFloat& v, const vFloat& limit) {
    return copysgn(min(abs(v), limit), v);
}

sfpi_inline vBool is_nan(const vFloat& v) {
    return v != v;
}
sfpi_inline vBool is_inf(const vFloat& v) {
    return vInt(setsgn(v, 0).lanes) == 0x7f800000;
}
sfpi_inline vBool is_finite(const vFloat& v) {
    return exexp(v, ExponentMode::Biased) < 255;
}
template <Value V>
sfpi_inline vBool is_neg(const V& v) {
    return vInt(v.lanes) < 0;
}
template <Value V>
sfpi_inline vBool is_pos(const V& v) {
    return vInt(v.lanes) >= 0;
}

// Blackhole's estimates; here without their error.
sfpi_inline vFloat approx_recip(const vFloat& v) {
    return vFloat(tw::lanes::map_float(v.lanes, TW_SFPI_OF(x) { return 1.0f / x; }));
}

}  // namespace sfpi
