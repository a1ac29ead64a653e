// Integer arithmetic, bits, shifts. Words wrap mod 2^32; 16-bit results are cut to 16 bits by p0, a mask.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/integer.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

HWY_INLINE Vu Cut(Vu v, uint32_t mask) {
    return hn::And(v, hn::Set(Du(), mask));
}

void RunAddInt(const SfpuCall& c) {
    MapInt2(c, [&](Vu a, Vu b) HWY_ATTR { return Cut(hn::Add(a, b), c.p0); });
}
void RunSubInt(const SfpuCall& c) {
    MapInt2(c, [&](Vu a, Vu b) HWY_ATTR { return Cut(hn::Sub(a, b), c.p0); });
}
void RunRsubInt(const SfpuCall& c) {
    MapInt2(c, [&](Vu a, Vu b) HWY_ATTR { return Cut(hn::Sub(b, a), c.p0); });
}
void RunMulInt(const SfpuCall& c) {
    MapInt2(c, [&](Vu a, Vu b) HWY_ATTR { return Cut(FromInts(hn::Mul(Ints(a), Ints(b))), c.p0); });
}
void RunAddIntScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return hn::Add(a, hn::Set(Du(), c.p0)); });
}
void RunSubIntScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return hn::Sub(a, hn::Set(Du(), c.p0)); });
}
void RunRsubIntScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return hn::Sub(hn::Set(Du(), c.p0), a); });
}
void RunAbsInt(const SfpuCall& c) {
    MapInt(c, [](Vu a) HWY_ATTR { return FromInts(hn::Abs(Ints(a))); });
}
void RunNegInt(const SfpuCall& c) {
    MapInt(c, [](Vu a) HWY_ATTR { return hn::Sub(hn::Zero(Du()), a); });
}
void RunSignbitInt(const SfpuCall& c) {
    MapInt(c, [](Vu a) HWY_ATTR { return hn::ShiftRight<31>(a); });
}
void RunLogicalNotInt(const SfpuCall& c) {
    MapInt(c, [](Vu a) HWY_ATTR { return hn::IfThenElseZero(hn::Eq(a, hn::Zero(Du())), hn::Set(Du(), 1u)); });
}
void RunReluInt(const SfpuCall& c) {
    MapInt(c, [](Vu a) HWY_ATTR { return FromInts(hn::Max(Ints(a), hn::Zero(Di()))); });
}
// low, high
void RunClampInt(const SfpuCall& c) {
    const auto low = hn::Set(Di(), static_cast<int32_t>(c.p0)), high = hn::Set(Di(), static_cast<int32_t>(c.p1));
    MapInt(c, [&](Vu a) HWY_ATTR { return FromInts(hn::Min(hn::Max(Ints(a), low), high)); });
}
void RunMaxIntScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return FromInts(hn::Max(Ints(a), hn::Set(Di(), static_cast<int32_t>(c.p0)))); });
}
void RunMinIntScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return FromInts(hn::Min(Ints(a), hn::Set(Di(), static_cast<int32_t>(c.p0)))); });
}
void RunMaxUintScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return hn::Max(a, hn::Set(Du(), c.p0)); });
}
void RunMinUintScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return hn::Min(a, hn::Set(Du(), c.p0)); });
}
void RunMaxInt(const SfpuCall& c) {
    MapInt2(c, [](Vu a, Vu b) HWY_ATTR { return FromInts(hn::Max(Ints(a), Ints(b))); });
}
void RunMinInt(const SfpuCall& c) {
    MapInt2(c, [](Vu a, Vu b) HWY_ATTR { return FromInts(hn::Min(Ints(a), Ints(b))); });
}
void RunMaxUint(const SfpuCall& c) {
    MapInt2(c, [](Vu a, Vu b) HWY_ATTR { return hn::Max(a, b); });
}
void RunMinUint(const SfpuCall& c) {
    MapInt2(c, [](Vu a, Vu b) HWY_ATTR { return hn::Min(a, b); });
}

void RunAndScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return hn::And(a, hn::Set(Du(), c.p0)); });
}
void RunOrScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return hn::Or(a, hn::Set(Du(), c.p0)); });
}
void RunXorScalar(const SfpuCall& c) {
    MapInt(c, [&](Vu a) HWY_ATTR { return hn::Xor(a, hn::Set(Du(), c.p0)); });
}
void RunNot(const SfpuCall& c) {
    MapInt(c, [](Vu a) HWY_ATTR { return hn::Not(a); });
}
void RunAnd(const SfpuCall& c) {
    MapInt2(c, [](Vu a, Vu b) HWY_ATTR { return hn::And(a, b); });
}
void RunOr(const SfpuCall& c) {
    MapInt2(c, [](Vu a, Vu b) HWY_ATTR { return hn::Or(a, b); });
}
void RunXor(const SfpuCall& c) {
    MapInt2(c, [](Vu a, Vu b) HWY_ATTR { return hn::Xor(a, b); });
}

template <class Function>
HWY_INLINE void EachWord(const SfpuCall& c, Function f) {
    for (uint32_t face = 0; face < kTileFaces; ++face) {
        if (!(c.faces >> face & 1u)) continue;
        for (size_t i = face * kFaceWords; i < (face + 1) * kFaceWords; ++i) c.out[i] = f(c.a[i], c.b ? c.b[i] : 0u);
    }
}
// Shifting by 32 and more leaves nothing, or the sign.
HWY_INLINE uint32_t Left(uint32_t v, uint32_t n) {
    return n < 32 ? v << n : 0u;
}
HWY_INLINE uint32_t Right(uint32_t v, uint32_t n) {
    return n < 32 ? v >> n : 0u;
}
HWY_INLINE uint32_t ArithmeticRight(uint32_t v, uint32_t n) {
    return static_cast<uint32_t>(static_cast<int32_t>(v) >> (n < 31 ? n : 31u));
}
void RunLeftShiftScalar(const SfpuCall& c) {
    EachWord(c, [&](uint32_t a, uint32_t) { return Left(a, c.p0); });
}
void RunRightShiftScalar(const SfpuCall& c) {
    EachWord(c, [&](uint32_t a, uint32_t) { return ArithmeticRight(a, c.p0); });
}
void RunLogicalRightShiftScalar(const SfpuCall& c) {
    EachWord(c, [&](uint32_t a, uint32_t) { return Right(a, c.p0); });
}
void RunLeftShift(const SfpuCall& c) {
    EachWord(c, [&](uint32_t a, uint32_t b) { return Left(a, b) & c.p0; });
}
void RunRightShift(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) { return ArithmeticRight(a, b); });
}
void RunLogicalRightShift(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) { return Right(a, b); });
}

// Division by zero: there is no trap; the quotient is -1 or the largest value of the type, the remainder the dividend.
HWY_INLINE int32_t Quotient(uint32_t a, uint32_t b) {
    if (b == 0) return -1;
    return static_cast<int32_t>(int64_t{static_cast<int32_t>(a)} / static_cast<int32_t>(b));
}
HWY_INLINE int32_t FloorQuotient(uint32_t a, uint32_t b) {
    if (b == 0) return -1;
    const int64_t x = static_cast<int32_t>(a), y = static_cast<int32_t>(b);
    return static_cast<int32_t>(x / y - (x % y != 0 && (x < 0) != (y < 0)));
}
void RunDivIntTrunc(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) { return static_cast<uint32_t>(Quotient(a, b)); });
}
void RunDivIntFloor(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) { return static_cast<uint32_t>(FloorQuotient(a, b)); });
}
// The quotient as a float.
void RunDivInt(const SfpuCall& c) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        const auto a = hn::ConvertTo(Df(), Ints(hn::LoadU(Du(), c.a + i))),
                   b = hn::ConvertTo(Df(), Ints(hn::LoadU(Du(), c.b + i)));
        StoreWords<Store::Nearest>(hn::Div(a, b), c.dst_is_fp32, c.out + i);
    });
}
void RunFmodInt(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) { return b == 0 ? a : a - static_cast<uint32_t>(Quotient(a, b)) * b; });
}
void RunRemainderInt(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) { return b == 0 ? a : a - static_cast<uint32_t>(FloorQuotient(a, b)) * b; });
}
void RunRemainderUint(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) { return b == 0 ? a : a % b; });
}
void RunRemainderUintScalar(const SfpuCall& c) {
    EachWord(c, [&](uint32_t a, uint32_t) { return c.p0 == 0 ? a : a % c.p0; });
}

HWY_INLINE uint32_t Gcd(uint32_t a, uint32_t b) {
    const auto magnitude = [](uint32_t v) { return static_cast<int32_t>(v) < 0 ? 0u - v : v; };
    a = magnitude(a);
    b = magnitude(b);
    while (b != 0) {
        const uint32_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}
void RunGcd(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) { return Gcd(a, b); });
}
void RunLcm(const SfpuCall& c) {
    EachWord(c, [](uint32_t a, uint32_t b) {
        const uint32_t g = Gcd(a, b);
        if (g == 0) return 0u;
        const auto magnitude = [](uint32_t v) { return static_cast<int32_t>(v) < 0 ? 0u - v : v; };
        const uint32_t r = magnitude(a) / g * magnitude(b);
        return static_cast<int32_t>(r) < 0 ? 0u - r : r;
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(add_int, RunAddInt)
TW_SFPU_EXPORT(sub_int, RunSubInt)
TW_SFPU_EXPORT(rsub_int, RunRsubInt)
TW_SFPU_EXPORT(mul_int, RunMulInt)
TW_SFPU_EXPORT(add_int_scalar, RunAddIntScalar)
TW_SFPU_EXPORT(sub_int_scalar, RunSubIntScalar)
TW_SFPU_EXPORT(rsub_int_scalar, RunRsubIntScalar)
TW_SFPU_EXPORT(abs_int, RunAbsInt)
TW_SFPU_EXPORT(neg_int, RunNegInt)
TW_SFPU_EXPORT(signbit_int, RunSignbitInt)
TW_SFPU_EXPORT(logical_not_int, RunLogicalNotInt)
TW_SFPU_EXPORT(relu_int, RunReluInt)
TW_SFPU_EXPORT(clamp_int, RunClampInt)
TW_SFPU_EXPORT(max_int_scalar, RunMaxIntScalar)
TW_SFPU_EXPORT(min_int_scalar, RunMinIntScalar)
TW_SFPU_EXPORT(max_uint_scalar, RunMaxUintScalar)
TW_SFPU_EXPORT(min_uint_scalar, RunMinUintScalar)
TW_SFPU_EXPORT(max_int, RunMaxInt)
TW_SFPU_EXPORT(min_int, RunMinInt)
TW_SFPU_EXPORT(max_uint, RunMaxUint)
TW_SFPU_EXPORT(min_uint, RunMinUint)
TW_SFPU_EXPORT(and_scalar, RunAndScalar)
TW_SFPU_EXPORT(or_scalar, RunOrScalar)
TW_SFPU_EXPORT(xor_scalar, RunXorScalar)
TW_SFPU_EXPORT(bitwise_not, RunNot)
TW_SFPU_EXPORT(bitwise_and, RunAnd)
TW_SFPU_EXPORT(bitwise_or, RunOr)
TW_SFPU_EXPORT(bitwise_xor, RunXor)
TW_SFPU_EXPORT(left_shift_scalar, RunLeftShiftScalar)
TW_SFPU_EXPORT(right_shift_scalar, RunRightShiftScalar)
TW_SFPU_EXPORT(logical_right_shift_scalar, RunLogicalRightShiftScalar)
TW_SFPU_EXPORT(left_shift, RunLeftShift)
TW_SFPU_EXPORT(right_shift, RunRightShift)
TW_SFPU_EXPORT(logical_right_shift, RunLogicalRightShift)
TW_SFPU_EXPORT(div_int_trunc, RunDivIntTrunc)
TW_SFPU_EXPORT(div_int_floor, RunDivIntFloor)
TW_SFPU_EXPORT(div_int, RunDivInt)
TW_SFPU_EXPORT(fmod_int, RunFmodInt)
TW_SFPU_EXPORT(remainder_int, RunRemainderInt)
TW_SFPU_EXPORT(remainder_uint, RunRemainderUint)
TW_SFPU_EXPORT(remainder_uint_scalar, RunRemainderUintScalar)
TW_SFPU_EXPORT(gcd, RunGcd)
TW_SFPU_EXPORT(lcm, RunLcm)

}  // namespace tw::sfpu
#endif
