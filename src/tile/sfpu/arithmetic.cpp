// Arithmetic with a scalar, of two tiles and of three.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/arithmetic.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

HWY_INLINE Vf Zero() {
    return hn::Zero(Df());
}

void RunAddScalar(const SfpuCall& c) {
    const auto s = FromBits(c.p0);
    Map(c, [&](Vf x) HWY_ATTR { return hn::Add(x, s); });
}
void RunSubScalar(const SfpuCall& c) {
    const auto s = FromBits(c.p0);
    Map(c, [&](Vf x) HWY_ATTR { return hn::Sub(x, s); });
}
void RunMulScalar(const SfpuCall& c) {
    const auto s = FromBits(c.p0);
    Map(c, [&](Vf x) HWY_ATTR { return hn::Mul(Flush(x), s); });
}
void RunRsubScalar(const SfpuCall& c) {
    const auto s = FromBits(c.p0);
    Map(c, [&](Vf x) HWY_ATTR { return hn::Sub(s, x); });
}
// p0 / x; p1: RoundingMode
void RunRdiv(const SfpuCall& c) {
    const auto s = FromBits(c.p0);
    const uint32_t mode = c.p1;
    Map(c, [&](Vf x) HWY_ATTR {
        const auto q = hn::Div(s, Flush(x));
        return mode == 1 ? hn::Trunc(q) : mode == 2 ? hn::Floor(q) : q;
    });
}
void RunPower(const SfpuCall& c) {
    const auto exponent = FromBits(c.p0);
    Map(c, [&](Vf x) HWY_ATTR { return Power(x, exponent); });
}
// x multiplied by itself, p0 times in all (an integer)
void RunPowerIterative(const SfpuCall& c) {
    const uint32_t n = c.p0;
    Map(c, [&](Vf x) HWY_ATTR {
        auto r = F(1.0f);
        for (uint32_t i = 0; i < n; ++i) r = hn::Mul(r, x);
        return r;
    });
}
void RunRpow(const SfpuCall& c) {
    const auto base = FromBits(c.p0);
    Map(c, [&](Vf x) HWY_ATTR { return Power(base, x); });
}
void RunMaxScalar(const SfpuCall& c) {
    const auto s = FromBits(c.p0);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR { return hn::Max(x, s); });
}
void RunMinScalar(const SfpuCall& c) {
    const auto s = FromBits(c.p0);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR { return hn::Min(x, s); });
}

// p0: DstRoundingMode. Sums are truncated into a 16-bit DST unless the kernel asks for nearest even.
template <class Function>
HWY_INLINE void Sum(const SfpuCall& c, Function f) {
    if (c.p0 == 1) {
        Map2<Store::Nearest>(c, f);
    } else {
        Map2<Store::Truncate>(c, f);
    }
}
void RunAdd(const SfpuCall& c) {
    Sum(c, [](Vf a, Vf b) HWY_ATTR { return hn::Add(Flush(a), Flush(b)); });
}
void RunSub(const SfpuCall& c) {
    Sum(c, [](Vf a, Vf b) HWY_ATTR { return hn::Sub(Flush(a), Flush(b)); });
}
void RunRsub(const SfpuCall& c) {
    Sum(c, [](Vf a, Vf b) HWY_ATTR { return hn::Sub(Flush(b), Flush(a)); });
}
// In a 16-bit DST a product with zero is zero, whatever the other side is.
void RunMul(const SfpuCall& c) {
    const bool fp32 = c.dst_is_fp32;
    Map2(c, [&](Vf a, Vf b) HWY_ATTR {
        const auto x = Flush(a), y = Flush(b);
        const auto p = hn::Mul(x, y);
        if (fp32) return p;
        return hn::IfThenElse(hn::Or(hn::Eq(x, Zero()), hn::Eq(y, Zero())), Zero(), p);
    });
}
void RunDiv(const SfpuCall& c) {
    Map2(c, [](Vf a, Vf b) HWY_ATTR {
        const auto x = Flush(a), y = Flush(b);
        return hn::Div(x, y);
    });
}
void RunPowerBinary(const SfpuCall& c) {
    Map2(c, [](Vf a, Vf b) HWY_ATTR { return Power(a, b); });
}
void RunXlogy(const SfpuCall& c) {
    Map2(c, [](Vf x_in, Vf y) HWY_ATTR {
        const auto x = Flush(x_in);
        const auto r = hn::Mul(x, Log(y));
        return hn::IfThenElse(hn::And(hn::Eq(x, Zero()), hn::Eq(y, y)), Zero(), r);
    });
}
void RunMax(const SfpuCall& c) {
    Map2<Store::Raw>(c, [](Vf a, Vf b) HWY_ATTR { return hn::Max(a, b); });
}
void RunMin(const SfpuCall& c) {
    Map2<Store::Raw>(c, [](Vf a, Vf b) HWY_ATTR { return hn::Min(a, b); });
}
void RunLogaddexp(const SfpuCall& c) {
    Map2(c, [](Vf a, Vf b) HWY_ATTR { return hn::Add(hn::Max(a, b), Log1p(Exp(hn::Neg(hn::Abs(hn::Sub(a, b)))))); });
}
void RunLogaddexp2(const SfpuCall& c) {
    Map2(c, [](Vf a, Vf b) HWY_ATTR {
        const auto rest = Log1p(Exp2(hn::Neg(hn::Abs(hn::Sub(a, b)))));
        return hn::MulAdd(rest, F(1.44269504f), hn::Max(a, b));
    });
}

// a + b * (c - a) for weights c, in the order (start, end, weight)
void RunLerp(const SfpuCall& c) {
    Map3(c, [](Vf start, Vf end, Vf weight) HWY_ATTR {
        const auto from = Flush(start);
        return hn::MulAdd(Flush(weight), hn::Sub(Flush(end), from), from);
    });
}
// a + value * b * c
void RunAddcmul(const SfpuCall& c) {
    const auto value = FromBits(c.p0);
    Map3(c, [&](Vf a, Vf b, Vf d) HWY_ATTR { return hn::MulAdd(hn::Mul(value, Flush(b)), Flush(d), Flush(a)); });
}
// a + value * b / c
void RunAddcdiv(const SfpuCall& c) {
    const auto value = FromBits(c.p0);
    Map3(c, [&](Vf a, Vf b, Vf d) HWY_ATTR { return hn::Add(Flush(a), hn::Div(hn::Mul(value, Flush(b)), Flush(d))); });
}
// a * b + c
void RunMac(const SfpuCall& c) {
    Map3(c, [](Vf a, Vf b, Vf d) HWY_ATTR { return hn::MulAdd(Flush(a), Flush(b), Flush(d)); });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(add_scalar, RunAddScalar)
TW_SFPU_EXPORT(sub_scalar, RunSubScalar)
TW_SFPU_EXPORT(mul_scalar, RunMulScalar)
TW_SFPU_EXPORT(rsub_scalar, RunRsubScalar)
TW_SFPU_EXPORT(rdiv, RunRdiv)
TW_SFPU_EXPORT(power, RunPower)
TW_SFPU_EXPORT(power_iterative, RunPowerIterative)
TW_SFPU_EXPORT(rpow, RunRpow)
TW_SFPU_EXPORT(max_scalar, RunMaxScalar)
TW_SFPU_EXPORT(min_scalar, RunMinScalar)
TW_SFPU_EXPORT(add, RunAdd)
TW_SFPU_EXPORT(sub, RunSub)
TW_SFPU_EXPORT(rsub, RunRsub)
TW_SFPU_EXPORT(mul, RunMul)
TW_SFPU_EXPORT(div, RunDiv)
TW_SFPU_EXPORT(power_binary, RunPowerBinary)
TW_SFPU_EXPORT(xlogy, RunXlogy)
TW_SFPU_EXPORT(max, RunMax)
TW_SFPU_EXPORT(min, RunMin)
TW_SFPU_EXPORT(logaddexp, RunLogaddexp)
TW_SFPU_EXPORT(logaddexp2, RunLogaddexp2)
TW_SFPU_EXPORT(lerp, RunLerp)
TW_SFPU_EXPORT(addcmul, RunAddcmul)
TW_SFPU_EXPORT(addcdiv, RunAddcdiv)
TW_SFPU_EXPORT(mac, RunMac)

}  // namespace tw::sfpu
#endif
