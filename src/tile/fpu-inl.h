// One step of the matrix unit's adder, for a vector of DST elements: one or two product terms are added to what DST holds
// (docs/hardware.md 2.3, steps 4 to 7; checked against every row of the golden atoms by tests/cpp/test_fpu_atoms.cpp).
//
// Included once for each vector target, inside tw::HWY_NAMESPACE's file; hence no #pragma once but Highway's toggle.
#if defined(TW_TILE_FPU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TW_TILE_FPU_INL_H_
#undef TW_TILE_FPU_INL_H_
#else
#define TW_TILE_FPU_INL_H_
#endif

#include "hwy/highway.h"
#include "tile/data_format.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace fpu {
namespace hn = hwy::HWY_NAMESPACE;

using Du32 = hn::CappedTag<uint32_t, 16>;
using Di32 = hn::RebindToSigned<Du32>;
using Df32 = hn::RebindToFloat<Du32>;
using Vu32 = hn::Vec<Du32>;
using Vi32 = hn::Vec<Di32>;

HWY_INLINE Vi32 I(int32_t v) {
    return hn::Set(Di32(), v);
}
HWY_INLINE Vi32 AsInt(Vu32 v) {
    return hn::BitCast(Di32(), v);
}
HWY_INLINE Vu32 AsBits(Vi32 v) {
    return hn::BitCast(Du32(), v);
}
HWY_INLINE Vi32 ExponentOf(Vu32 bits) {
    return AsInt(hn::And(hn::ShiftRight<23>(bits), hn::Set(Du32(), 255u)));
}
// All ones where negative.
HWY_INLINE Vi32 SignMask(Vu32 bits) {
    return hn::ShiftRight<31>(AsInt(bits));
}
HWY_INLINE Vi32 WithSign(Vi32 magnitude, Vi32 sign) {
    return hn::Sub(hn::Xor(magnitude, sign), sign);
}

// v / 2^d rounded down; from d = 31 on that is 0 or -1.
HWY_INLINE Vi32 ShiftDown(Vi32 v, Vi32 d) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
    return hn::Shr(v, d);  // which fills with the sign for any larger d
#else
    return hn::Shr(v, hn::Min(d, I(31)));
#endif
}

// v / 2^d, half toward +infinity, for |v| < 2^30; 0 from d = 31 on. One more bit of the quotient is kept, and rounds it.
HWY_INLINE Vi32 RoundShift(Vi32 v, Vi32 d) {
    return hn::ShiftRight<1>(hn::Add(ShiftDown(hn::Add(v, v), d), I(1)));
}

// A source datum: 11-bit significand (0 when the exponent field is 0), exponent, sign mask.
struct Datum {
    Vi32 significand, exponent, sign;
};

HWY_INLINE Datum Split(Vu32 bits) {
    const Du32 d;
    const auto e = ExponentOf(bits);
    const auto m = AsInt(hn::Or(hn::And(hn::ShiftRight<13>(bits), hn::Set(d, 0x3ffu)), hn::Set(d, 0x400u)));
    return {hn::IfThenElseZero(hn::Gt(e, hn::Zero(Di32())), m), e, SignMask(bits)};
}

// A product or sum on its way to DST: signed, 1.0 x 1.0 stands for 2^10 here (the hardware's 2^23 without 13 zero bits).
struct Term {
    Vi32 value, exponent;
};

// Exponents up to this one are below the format's range; float16's 5 bits stand 112 higher in a word.
template <DstKind kind>
constexpr int32_t kNoNumber = kind == DstKind::Fp16 ? static_cast<int32_t>(kFp16ExponentBias) : 0;

template <DstKind kind>
HWY_INLINE Vu32 Assemble(Vi32 exponent, Vu32 float_bits, Vi32 sign) {
    const Du32 d;
    constexpr bool fp16 = kind == DstKind::Fp16;
    const auto sign_bit = hn::And(AsBits(sign), hn::Set(d, 0x80000000u));
    const auto body = hn::Or(hn::ShiftLeft<23>(AsBits(exponent)), hn::And(float_bits, hn::Set(d, 0x7fffffu)));
    const auto too_large = hn::RebindMask(d, hn::Gt(exponent, I(fp16 ? kNoNumber<kind> + 31 : 254)));
    const auto too_small = hn::RebindMask(d, hn::Gt(I(kNoNumber<kind> + 1), exponent));
    const auto r = hn::Or(sign_bit, hn::IfThenElse(too_large, hn::Set(d, fp16 ? kFp16Largest : 0x7f800000u), body));
    return hn::IfThenZeroElse(too_small, r);
}

// total * 2^(exponent - 127 - 10), |total| < 2^18, rounded to bf16 or float16 half away from zero.
template <DstKind kind>
HWY_INLINE Vu32 Finish16(Vi32 total, Vi32 exponent) {
    const Du32 d;
    constexpr uint32_t kUnit = kind == DstKind::Fp16 ? 0x2000u : 0x10000u;
    const auto sign = hn::ShiftRight<31>(total);
    const auto f = hn::BitCast(d, hn::ConvertTo(Df32(), WithSign(total, sign)));
    const auto rounded = hn::And(hn::Add(f, hn::Set(d, kUnit / 2)), hn::Set(d, ~(kUnit - 1)));
    const auto e = hn::Add(ExponentOf(rounded), hn::Sub(exponent, I(127 + 10)));
    const auto none = hn::RebindMask(d, hn::Or(hn::Eq(total, I(0)), hn::Gt(I(kNoNumber<kind> + 1), exponent)));
    return hn::IfThenZeroElse(none, Assemble<kind>(e, rounded, sign));
}

// total * 2^(exponent - 127 - 23), |total| < 2^30, rounded to 24 bits half away from zero.
HWY_INLINE Vu32 Finish32(Vi32 total, Vi32 exponent) {
    const Du32 d;
    const auto sign = hn::ShiftRight<31>(total);
    const auto magnitude = WithSign(total, sign);
    // The exponent of an int that a float cannot hold exactly: low bits are cleared first, so that rounding cannot raise
    // it.
    const auto large = hn::Gt(magnitude, I(0xffffff));
    const auto cut = hn::IfThenElse(large, hn::And(magnitude, I(~0xff)), magnitude);
    const auto top = ExponentOf(hn::BitCast(d, hn::ConvertTo(Df32(), cut)));
    const auto shift = hn::Max(hn::Sub(top, I(127 + 23)), I(0));
    const auto f = hn::BitCast(d, hn::ConvertTo(Df32(), RoundShift(magnitude, shift)));
    const auto e = hn::Add(hn::Add(ExponentOf(f), shift), hn::Sub(exponent, I(127 + 23)));
    const auto none = hn::RebindMask(d, hn::Or(hn::Eq(total, I(0)), hn::Gt(I(1), exponent)));
    return hn::IfThenZeroElse(none, Assemble<DstKind::Fp32>(e, f, sign));
}

template <DstKind kind>
HWY_INLINE Vu32 Finish(Vi32 total, Vi32 exponent) {
    if constexpr (kind == DstKind::Fp32) {
        return Finish32(hn::ShiftLeft<13>(total), exponent);
    } else {
        return Finish16<kind>(total, exponent);
    }
}

// A value that stands 2^14 times too high, shifted into the sum: half up at 2^-13 of the sum's unit for a 32-bit DST. For a
// 16-bit one that result is rounded once more, half up at the unit; one sum does both, since the first moves the second's
// boundary by 2^-14.
template <DstKind kind>
HWY_INLINE Vi32 Align(Vi32 times_2_14, Vi32 shift) {
    const auto v = ShiftDown(times_2_14, shift);
    if constexpr (kind == DstKind::Fp32) {
        return hn::ShiftRight<1>(hn::Add(v, I(1)));
    } else {
        return hn::ShiftRight<14>(hn::Add(v, I((1 << 13) + 1)));
    }
}

template <DstKind kind, class... Terms>
HWY_INLINE Vu32 Accumulate(Vu32 dst, Terms... terms) {
    const Du32 d;
    const auto dst_exponent = ExponentOf(dst);
    const auto dst_sign = SignMask(dst);
    const auto hidden = AsInt(hn::Or(hn::And(dst, hn::Set(d, 0x7fffffu)), hn::Set(d, 0x800000u)));
    const auto dst_magnitude = hn::IfThenElseZero(hn::Gt(dst_exponent, I(0)), hn::Add(hidden, hidden));
    auto exponent = dst_exponent;
    ((exponent = hn::Max(exponent, terms.exponent)), ...);
    auto total = WithSign(Align<kind>(dst_magnitude, hn::Sub(exponent, dst_exponent)), dst_sign);
    ((total = hn::Add(total, Align<kind>(hn::ShiftLeft<14>(terms.value), hn::Sub(exponent, terms.exponent)))), ...);
    if constexpr (kind == DstKind::Fp32) {
        return Finish32(total, exponent);
    } else {
        return Finish16<kind>(total, exponent);
    }
}

// Which bits of the significands a fidelity phase multiplies (docs/hardware.md 2.2).
HWY_INLINE Vi32 PhaseA(Vi32 significand, uint32_t phase) {
    return phase & 1u ? hn::And(hn::ShiftRight<1>(significand), I(31)) : hn::ShiftRight<6>(significand);
}
HWY_INLINE Vi32 PhaseB(Vi32 significand, uint32_t phase) {
    return phase & 2u ? hn::ShiftLeft<3>(hn::And(significand, I(15))) : hn::ShiftRight<4>(significand);
}
HWY_INLINE int32_t PhaseCorrection(uint32_t phase) {
    constexpr int32_t kCorrection[4] = {0, -5, -7, -12};
    return kCorrection[phase];
}

}  // namespace fpu
}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#endif
