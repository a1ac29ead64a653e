// Affine quantization. The zero point, a float, comes from the init call; b is the scale tile.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/quantization.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

HWY_INLINE Vf HalfAway(Vf v) {
    return CopySignOf(hn::Floor(hn::Add(hn::Abs(v), F(0.5f))), v);
}
// The rounding instruction: half away from zero, clamped; constants[1] chooses the range -127..127 or 0..255.
struct ToInt32 {
    const SfpuCall& c;
    HWY_INLINE Vi operator()(Vf v) const {
        const bool is_unsigned = c.constants[1] != 0;
        const auto low = F(is_unsigned ? 0.0f : -127.0f), high = F(is_unsigned ? 255.0f : 127.0f);
        return hn::ConvertTo(Di(), hn::Min(hn::Max(HalfAway(v), low), high));
    }
};
// -128..127, as a byte that the packer takes for an unsigned one: v + 128 is rounded, then its highest bit is turned over.
struct ToInt8 {
    const SfpuCall& c;
    HWY_INLINE Vi operator()(Vf v) const {
        const auto rounded = hn::Min(hn::Max(HalfAway(v), F(0.0f)), F(255.0f));
        return hn::Xor(hn::ConvertTo(Di(), rounded), hn::Set(Di(), 0x80));
    }
};
// A word as it is, or an int8's byte that was unpacked as unsigned: the byte + 128, so callers take 128 from the zero
// point.
HWY_INLINE Vf Integer(const SfpuCall& c, size_t i, bool from_int8) {
    const auto words = hn::LoadU(Du(), c.a + i);
    return hn::ConvertTo(Df(), Ints(from_int8 ? hn::Xor(words, hn::Set(Du(), 0x80u)) : words));
}

template <class To>
HWY_INLINE void Quant(const SfpuCall& c, Vf zero_point) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        hn::StoreU(FromInts(To{c}(hn::MulAdd(Load(c.a, i), Load(c.b, i), zero_point))), Du(), c.out + i);
    });
}
template <class To>
HWY_INLINE void Requant(const SfpuCall& c, Vf zero_point, bool from_int8) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        hn::StoreU(FromInts(To{c}(hn::MulAdd(Integer(c, i, from_int8), Load(c.b, i), zero_point))), Du(), c.out + i);
    });
}
// The zero point comes negated.
HWY_INLINE void Dequant(const SfpuCall& c, bool from_int8) {
    const auto zero_point = FromBits(c.constants[0]);
    EachVector(c, [&](size_t i) HWY_ATTR {
        const auto sum = hn::Add(Integer(c, i, from_int8), zero_point);
        StoreWords<Store::Truncate>(hn::Mul(sum, Load(c.b, i)), c.dst_is_fp32, c.out + i);
    });
}
HWY_INLINE Vf ZeroPoint(const SfpuCall& c) {
    return FromBits(c.constants[0]);
}
HWY_INLINE Vf BiasedZeroPoint(const SfpuCall& c) {
    return hn::Add(ZeroPoint(c), F(128.0f));
}

void RunQuant(const SfpuCall& c) {
    Quant<ToInt32>(c, ZeroPoint(c));
}
void RunQuantInt8(const SfpuCall& c) {
    Quant<ToInt8>(c, BiasedZeroPoint(c));
}
void RunRequant(const SfpuCall& c) {
    Requant<ToInt32>(c, ZeroPoint(c), false);
}
void RunRequantInt8(const SfpuCall& c) {
    Requant<ToInt8>(c, BiasedZeroPoint(c), false);
}
void RunRequantInt8In(const SfpuCall& c) {
    Requant<ToInt32>(c, ZeroPoint(c), true);
}
void RunRequantInt8InInt8Out(const SfpuCall& c) {
    Requant<ToInt8>(c, BiasedZeroPoint(c), true);
}
void RunDequant(const SfpuCall& c) {
    Dequant(c, false);
}
void RunDequantInt8(const SfpuCall& c) {
    Dequant(c, true);
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(quant, RunQuant)
TW_SFPU_EXPORT(quant_int8, RunQuantInt8)
TW_SFPU_EXPORT(requant, RunRequant)
TW_SFPU_EXPORT(requant_int8, RunRequantInt8)
TW_SFPU_EXPORT(requant_int8_in, RunRequantInt8In)
TW_SFPU_EXPORT(requant_int8_in_int8_out, RunRequantInt8InInt8Out)
TW_SFPU_EXPORT(dequant, RunDequant)
TW_SFPU_EXPORT(dequant_int8, RunDequantInt8)

}  // namespace tw::sfpu
#endif
