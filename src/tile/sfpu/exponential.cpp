// Exponentials and their inverses.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/exponential.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

void RunExp(const SfpuCall& c) {
    const auto scale = FromBits(c.p0);
    Map(c, [&](Vf x) HWY_ATTR { return Exp(hn::Mul(x, scale)); });
}
void RunExp2(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Exp2(x); });
}
void RunExpm1(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Expm1(x); });
}
void RunLog(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Log(x); });
}
// p0: the factor 1 / ln(base) as a float's bits.
void RunLogWithBase(const SfpuCall& c) {
    const auto factor = FromBits(c.p0);
    Map(c, [&](Vf x) HWY_ATTR { return hn::Mul(Log(x), factor); });
}
void RunLog1p(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Log1p(x); });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(exp, RunExp)
TW_SFPU_EXPORT(exp2, RunExp2)
TW_SFPU_EXPORT(expm1, RunExpm1)
TW_SFPU_EXPORT(log, RunLog)
TW_SFPU_EXPORT(log_with_base, RunLogWithBase)
TW_SFPU_EXPORT(log1p, RunLog1p)

}  // namespace tw::sfpu
#endif
