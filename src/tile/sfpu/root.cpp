// Reciprocal, roots, square.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/root.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

void RunRecip(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Recip(x); });
}
void RunSqrt(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Sqrt(Flush(x)); });
}
void RunRsqrt(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Div(F(1.0f), hn::Sqrt(Flush(x))); });
}
void RunSquare(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto v = Flush(x);
        return hn::Mul(v, v);
    });
}
// Through the logarithm, then one Newton step.
void RunCbrt(const SfpuCall& c) {
    Map(c, [](Vf x_in) HWY_ATTR {
        const auto x = Flush(x_in);
        const auto a = hn::Abs(x);
        auto y = Exp(hn::Mul(Log(a), F(0.333333333f)));
        y = hn::Sub(y, hn::Div(hn::Sub(hn::Mul(hn::Mul(y, y), y), a), hn::Mul(F(3.0f), hn::Mul(y, y))));
        const auto plain = hn::Or(hn::Eq(a, hn::Zero(Df())), hn::Or(hn::Eq(a, Infinity()), hn::IsNaN(x)));
        return hn::IfThenElse(plain, x, CopySignOf(y, x));
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(recip, RunRecip)
TW_SFPU_EXPORT(sqrt, RunSqrt)
TW_SFPU_EXPORT(rsqrt, RunRsqrt)
TW_SFPU_EXPORT(square, RunSquare)
TW_SFPU_EXPORT(cbrt, RunCbrt)

}  // namespace tw::sfpu
#endif
