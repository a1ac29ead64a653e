// Sign and magnitude.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/sign.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

void RunAbs(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return hn::Abs(x); });
}
void RunNeg(const SfpuCall& c) {
    Map<Store::Raw>(c, [](Vf x) HWY_ATTR { return hn::Neg(x); });
}
void RunSign(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto zero = hn::Eq(Flush(x), hn::Zero(Df()));
        return hn::IfThenElse(zero, hn::Zero(Df()), CopySignOf(F(1.0f), x));
    });
}
void RunSignbit(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::IfThenElse(IsNegative(x), F(1.0f), hn::Zero(Df())); });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(abs, RunAbs)
TW_SFPU_EXPORT(neg, RunNeg)
TW_SFPU_EXPORT(sign, RunSign)
TW_SFPU_EXPORT(signbit, RunSignbit)

}  // namespace tw::sfpu
#endif
