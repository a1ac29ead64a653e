// Circular and hyperbolic functions and their inverses.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/trigonometry.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

void RunSin(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Sin(x); });
}
void RunCos(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Cos(x); });
}
void RunTan(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Div(Sin(x), Cos(x)); });
}
void RunAsin(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Asin(x); });
}
void RunAcos(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Acos(x); });
}
void RunAtan(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Atan(x); });
}

// Past 20 the smaller exponential is gone, and the larger one may overflow where its half does not.
HWY_INLINE Vf HalfExp(Vf a) {
    const auto h = Exp(hn::Mul(a, F(0.5f)));
    return hn::Mul(hn::Mul(h, F(0.5f)), h);
}
void RunSinh(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto a = hn::Abs(x);
        const auto em = Expm1(hn::Min(a, F(30.0f)));
        const auto near = hn::Mul(F(0.5f), hn::Add(em, hn::Div(em, hn::Add(em, F(1.0f)))));
        const auto y = CopySignOf(hn::IfThenElse(hn::Gt(a, F(20.0f)), HalfExp(a), near), x);
        return hn::IfThenElse(hn::IsNaN(x), x, y);
    });
}
void RunCosh(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto a = hn::Abs(x);
        const auto e = Exp(hn::Min(a, F(30.0f)));
        const auto near = hn::Mul(F(0.5f), hn::Add(e, hn::Div(F(1.0f), e)));
        return hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenElse(hn::Gt(a, F(20.0f)), HalfExp(a), near));
    });
}

constexpr float kLn2 = 0.693147181f;

void RunAsinh(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto a = hn::Abs(x);
        const auto s = hn::Mul(a, a);
        const auto near = Log1p(hn::Add(a, hn::Div(s, hn::Add(F(1.0f), hn::Sqrt(hn::Add(s, F(1.0f)))))));
        const auto far = hn::Add(Log(a), F(kLn2));
        return CopySignOf(hn::IfThenElse(hn::Gt(a, F(1e8f)), far, near), x);
    });
}
void RunAcosh(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto t = hn::Sub(x, F(1.0f));
        const auto near = Log1p(hn::Add(t, hn::Sqrt(hn::MulAdd(t, t, hn::Add(t, t)))));
        const auto far = hn::Add(Log(x), F(kLn2));
        const auto y = hn::IfThenElse(hn::Gt(x, F(1e8f)), far, near);
        return hn::IfThenElse(hn::Lt(x, F(1.0f)), Nan(), y);
    });
}
void RunAtanh(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto a = hn::Abs(x);
        const auto y = hn::Mul(F(0.5f), Log1p(hn::Div(hn::Add(a, a), hn::Sub(F(1.0f), a))));
        const auto edge = hn::IfThenElse(hn::Eq(a, F(1.0f)), Infinity(), y);
        return hn::IfThenElse(hn::Gt(a, F(1.0f)), Nan(), CopySignOf(edge, x));
    });
}
// atan2(y = a, x = b)
void RunAtan2(const SfpuCall& c) {
    Map2(c, [](Vf y_in, Vf x_in) HWY_ATTR {
        const auto y = Flush(y_in), x = Flush(x_in);
        const auto ay = hn::Abs(y), ax = hn::Abs(x);
        const auto steep = hn::Gt(ay, ax);
        const auto top = hn::IfThenElse(steep, ax, ay), bottom = hn::IfThenElse(steep, ay, ax);
        auto t = hn::IfThenElse(hn::Eq(bottom, hn::Zero(Df())), hn::Zero(Df()), hn::Div(top, bottom));
        t = hn::IfThenElse(hn::And(hn::Eq(ax, Infinity()), hn::Eq(ay, Infinity())), F(1.0f), t);
        auto r = Atan(t);
        r = hn::IfThenElse(steep, hn::Sub(F(1.57079633f), r), r);
        r = hn::IfThenElse(IsNegative(x), hn::Sub(F(3.14159265f), r), r);
        r = CopySignOf(r, y);
        return hn::IfThenElse(hn::Or(hn::IsNaN(x), hn::IsNaN(y)), Nan(), r);
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(sin, RunSin)
TW_SFPU_EXPORT(cos, RunCos)
TW_SFPU_EXPORT(tan, RunTan)
TW_SFPU_EXPORT(asin, RunAsin)
TW_SFPU_EXPORT(acos, RunAcos)
TW_SFPU_EXPORT(atan, RunAtan)
TW_SFPU_EXPORT(sinh, RunSinh)
TW_SFPU_EXPORT(cosh, RunCosh)
TW_SFPU_EXPORT(asinh, RunAsinh)
TW_SFPU_EXPORT(acosh, RunAcosh)
TW_SFPU_EXPORT(atanh, RunAtanh)
TW_SFPU_EXPORT(atan2, RunAtan2)

}  // namespace tw::sfpu
#endif
