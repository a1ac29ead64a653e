// Rounding to integers, remainders, changes of number type.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/rounding.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

// A float of 2^23 and above has no fraction.
void RunFloor(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Floor(x); });
}
void RunCeil(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Ceil(x); });
}
void RunTrunc(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Trunc(x); });
}
void RunFrac(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Sub(x, hn::Trunc(x)); });
}
// To p0 decimals, half to even.
void RunRound(const SfpuCall& c) {
    const int decimals = static_cast<int32_t>(c.p0);
    const auto up = F(__builtin_powif(10.0f, decimals)), down = F(__builtin_powif(10.0f, -decimals));
    Map(c, [&](Vf x) HWY_ATTR {
        if (decimals == 0) return hn::Round(x);
        return hn::Mul(hn::Round(hn::Mul(x, up)), down);
    });
}

// C remainder: the sign of the dividend. Python remainder: the sign of the divisor.
HWY_INLINE float CRemainder(float a, float b) {
    return b == 0 ? __builtin_nanf("") : __builtin_fmodf(a, b);
}
HWY_INLINE float PythonRemainder(float a, float b) {
    const float r = CRemainder(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
// The divisor comes from the init call.
void RunFmodScalar(const SfpuCall& c) {
    const float b = hn::GetLane(FromBits(c.constants[0]));
    MapScalar(c, [&](float a) HWY_ATTR { return CRemainder(a, b); });
}
void RunRemainderScalar(const SfpuCall& c) {
    const float b = hn::GetLane(FromBits(c.constants[0]));
    MapScalar(c, [&](float a) HWY_ATTR { return PythonRemainder(a, b); });
}
void RunFmod(const SfpuCall& c) {
    MapScalar2(c, [](float a, float b) HWY_ATTR { return CRemainder(a, b); });
}
void RunRemainder(const SfpuCall& c) {
    MapScalar2(c, [](float a, float b) HWY_ATTR { return PythonRemainder(a, b); });
}

// A 32-bit float for a bf16 tile: nearest even, whatever the width of DST.
void RunToBf16(const SfpuCall& c) {
    SfpuCall narrow = c;
    narrow.dst_is_fp32 = false;
    Map(narrow, [](Vf x) HWY_ATTR { return x; });
}
HWY_INLINE Vu ToInt(Vf x, float low, float high, uint32_t at_high) {
    const auto t = hn::Trunc(hn::Max(x, F(low)));
    const auto i = FromInts(hn::ConvertTo(Di(), t));
    return hn::IfThenElse(hn::RebindMask(Du(), hn::Ge(t, F(high))), hn::Set(Du(), at_high), i);
}
// Toward zero, saturating; a NaN is 0.
HWY_INLINE Vf Number(Vf x) {
    return hn::IfThenElseZero(hn::Eq(x, x), x);
}
void RunFloatToInt32(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return ToInt(Number(Floats(x)), -2147483648.0f, 2147483648.0f, 0x7fffffffu); });
}
void RunFloatToUint32(const SfpuCall& c) {
    MapInt(c, [](Vu bits) HWY_ATTR {
        const auto x = hn::Max(Number(Floats(bits)), hn::Zero(Df()));
        const auto low = ToInt(x, 0.0f, 2147483648.0f, 0u);
        const auto high =
            hn::Or(ToInt(hn::Sub(x, F(2147483648.0f)), 0.0f, 2147483648.0f, 0x7fffffffu), hn::Set(Du(), 0x80000000u));
        const auto above =
            hn::IfThenElse(hn::RebindMask(Du(), hn::Ge(x, F(4294967296.0f))), hn::Set(Du(), 0xffffffffu), high);
        return hn::IfThenElse(hn::RebindMask(Du(), hn::Ge(x, F(2147483648.0f))), above, low);
    });
}
// The rounding instruction: half away from zero, clamped. The fraction is compared, not added to: the float below 0.5 and
// 0.5 add up to 1.
void RunFloatToUint16(const SfpuCall& c) {
    MapInt(c, [](Vu bits) HWY_ATTR {
        const auto x = hn::Min(hn::Max(Number(Floats(bits)), hn::Zero(Df())), F(65535.0f));
        const auto whole = hn::Trunc(x);
        const auto up = hn::IfThenElseZero(hn::Ge(hn::Sub(x, whole), F(0.5f)), F(1.0f));
        return FromInts(hn::ConvertTo(Di(), hn::Add(whole, up)));
    });
}
// Modulo 256 of what is left of the point. From 2^31 on that is 0; infinities are 0 as well.
void RunFloatToUint8(const SfpuCall& c) {
    MapInt(c, [](Vu bits) HWY_ATTR {
        const auto x = Number(Floats(bits));
        const auto inside = hn::IfThenElseZero(hn::Lt(hn::Abs(x), F(2147483648.0f)), x);
        return hn::And(FromInts(hn::ConvertTo(Di(), hn::Trunc(inside))), hn::Set(Du(), 255u));
    });
}
HWY_INLINE Vf FloatOfUint32(Vu u) {
    // Halved with a sticky bit, so that the one rounding is right.
    const auto half = hn::Or(hn::ShiftRight<1>(u), hn::And(u, hn::Set(Du(), 1u)));
    const auto large = hn::RebindMask(Df(), hn::Lt(Ints(u), hn::Zero(Di())));
    const auto doubled = hn::ConvertTo(Df(), Ints(half));
    return hn::IfThenElse(large, hn::Add(doubled, doubled), hn::ConvertTo(Df(), Ints(u)));
}
// A byte of two's complement.
HWY_INLINE Vu Int8Value(Vu x) {
    return hn::Sub(hn::Xor(hn::And(x, hn::Set(Du(), 255u)), hn::Set(Du(), 128u)), hn::Set(Du(), 128u));
}
// To 7 bits of mantissa, half away from zero: the rounding instruction's other mode.
HWY_INLINE Vu Bf16HalfAway(Vf finite) {
    return hn::And(hn::Add(Bits(finite), hn::Set(Du(), 0x8000u)), hn::Set(Du(), 0xffff0000u));
}
void RunInt32ToFloat(const SfpuCall& c) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        StoreWords<Store::Nearest>(hn::ConvertTo(Df(), Ints(hn::LoadU(Du(), c.a + i))), c.dst_is_fp32, c.out + i);
    });
}
void RunUint32ToFloat(const SfpuCall& c) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        StoreWords<Store::Nearest>(FloatOfUint32(hn::LoadU(Du(), c.a + i)), c.dst_is_fp32, c.out + i);
    });
}
void RunInt32ToBf16(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return Bf16HalfAway(hn::ConvertTo(Df(), Ints(x))); });
}
void RunUint32ToBf16(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return Bf16HalfAway(FloatOfUint32(x)); });
}
void RunInt8ToInt32(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return Int8Value(x); });
}
void RunInt8ToUint16(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return FromInts(hn::Max(Ints(Int8Value(x)), hn::Zero(Di()))); });
}
void RunInt8ToFloat(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return Bits(hn::ConvertTo(Df(), Ints(Int8Value(x)))); });
}
void RunInt32ToUint16(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return FromInts(hn::Min(hn::Max(Ints(x), hn::Zero(Di())), hn::Set(Di(), 65535))); });
}
void RunUint32ToUint16(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return hn::Min(x, hn::Set(Du(), 65535u)); });
}
void RunIntToUint8(const SfpuCall& c) {
    MapInt(c, [](Vu x) HWY_ATTR { return hn::And(x, hn::Set(Du(), 255u)); });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(floor, RunFloor)
TW_SFPU_EXPORT(ceil, RunCeil)
TW_SFPU_EXPORT(trunc, RunTrunc)
TW_SFPU_EXPORT(frac, RunFrac)
TW_SFPU_EXPORT(round, RunRound)
TW_SFPU_EXPORT(fmod_scalar, RunFmodScalar)
TW_SFPU_EXPORT(remainder_scalar, RunRemainderScalar)
TW_SFPU_EXPORT(fmod, RunFmod)
TW_SFPU_EXPORT(remainder, RunRemainder)
TW_SFPU_EXPORT(to_bf16, RunToBf16)
TW_SFPU_EXPORT(float_to_int32, RunFloatToInt32)
TW_SFPU_EXPORT(float_to_uint32, RunFloatToUint32)
TW_SFPU_EXPORT(float_to_uint16, RunFloatToUint16)
TW_SFPU_EXPORT(float_to_uint8, RunFloatToUint8)
TW_SFPU_EXPORT(int32_to_float, RunInt32ToFloat)
TW_SFPU_EXPORT(uint32_to_float, RunUint32ToFloat)
TW_SFPU_EXPORT(int32_to_uint16, RunInt32ToUint16)
TW_SFPU_EXPORT(uint32_to_uint16, RunUint32ToUint16)
TW_SFPU_EXPORT(int_to_uint8, RunIntToUint8)
TW_SFPU_EXPORT(int32_to_bf16, RunInt32ToBf16)
TW_SFPU_EXPORT(uint32_to_bf16, RunUint32ToBf16)
TW_SFPU_EXPORT(int8_to_int32, RunInt8ToInt32)
TW_SFPU_EXPORT(int8_to_uint16, RunInt8ToUint16)
TW_SFPU_EXPORT(int8_to_float, RunInt8ToFloat)

}  // namespace tw::sfpu
#endif
