// The packer's conversions of single datums (docs/hardware.md 2.5), for a vector of DST words.
//
// Included once for each vector target; hence no #pragma once but Highway's toggle.
#if defined(TW_TILE_PACKER_RULES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TW_TILE_PACKER_RULES_INL_H_
#undef TW_TILE_PACKER_RULES_INL_H_
#else
#define TW_TILE_PACKER_RULES_INL_H_
#endif

#include "hwy/highway.h"
#include "tile/pack.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace packer {
namespace hn = hwy::HWY_NAMESPACE;

using Du32 = hn::CappedTag<uint32_t, 16>;
using Di32 = hn::RebindToSigned<Du32>;
using Df32 = hn::RebindToFloat<Du32>;
using Vu32 = hn::Vec<Du32>;

// To 23 - kDropped mantissa bits with an 8-bit exponent: NaN becomes infinity, ties go away from zero, results below the
// normals and -0 become +0.
template <int kDropped>
HWY_INLINE Vu32 RoundTo(Vu32 v) {
    const Du32 d;
    const auto sign = hn::And(v, hn::Set(d, 0x80000000u));
    const auto magnitude = hn::Min(hn::And(v, hn::Set(d, 0x7fffffffu)), hn::Set(d, 0x7f800000u));
    const auto rounded = hn::And(hn::Add(magnitude, hn::Set(d, 1u << (kDropped - 1))), hn::Set(d, ~((1u << kDropped) - 1)));
    return hn::IfThenElse(hn::Lt(rounded, hn::Set(d, 0x00800000u)), hn::Zero(d), hn::Or(rounded, sign));
}

HWY_INLINE Vu32 ToBf16(Vu32 v) {
    return RoundTo<16>(v);
}
HWY_INLINE Vu32 ToTf32(Vu32 v) {
    return RoundTo<13>(v);
}

// A float16 in DST that the packer takes as one: what is below the normals, and -0, becomes +0.
HWY_INLINE Vu32 FromFp16(Vu32 v) {
    const Du32 d;
    const auto magnitude = hn::And(v, hn::Set(d, 0x7fffffffu));
    return hn::IfThenZeroElse(hn::Lt(magnitude, hn::Set(d, (kFp16ExponentBias + 1) << 23)), v);
}

// A float's word -> the 16 bits of a float16: too small becomes signed zero, too large the largest pattern; the mantissa is
// cut. A float just below the normals, exponent field 112, keeps its mantissa under an exponent field of 0.
HWY_INLINE Vu32 ToFp16Bits(Vu32 v) {
    const Du32 d;
    const auto magnitude = hn::And(v, hn::Set(d, 0x7fffffffu));
    const auto sign = hn::And(hn::ShiftRight<16>(v), hn::Set(d, 0x8000u));
    const auto lowest = hn::Set(d, kFp16ExponentBias << 23);
    const auto bits = hn::ShiftRight<13>(hn::Sub(hn::Min(magnitude, hn::Set(d, kFp16Largest)), lowest));
    return hn::Or(sign, hn::IfThenZeroElse(hn::Lt(magnitude, lowest), bits));
}

// Compares as floats, except that it works on patterns the FPU takes for numbers too: sign and magnitude.
HWY_INLINE Vu32 Relu(Vu32 v, const PackMode& mode) {
    const Du32 d;
    const Di32 di;
    const auto as_int = hn::BitCast(di, v);
    const auto negative = hn::Lt(as_int, hn::Zero(di));
    const auto threshold = hn::Set(di, static_cast<int32_t>(mode.relu_threshold));
    auto r = hn::IfThenZeroElse(hn::RebindMask(d, negative), v);
    if (mode.relu == PackRelu::MinThreshold) {
        r = hn::IfThenElse(hn::RebindMask(d, hn::Gt(hn::BitCast(di, r), threshold)), r, hn::Zero(d));
    } else if (mode.relu == PackRelu::MaxThreshold) {
        r = hn::BitCast(d, hn::Min(hn::BitCast(di, r), threshold));
    }
    return r;
}

}  // namespace packer
}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#endif
