// Sigmoid, tanh, GELU and what is made of them.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/sigmoid.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

void RunSigmoid(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Sigmoid(x); });
}
void RunSilu(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Silu(x); });
}
void RunTanh(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Tanh(x); });
}
void RunGelu(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Gelu(x); });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(sigmoid, RunSigmoid)
TW_SFPU_EXPORT(silu, RunSilu)
TW_SFPU_EXPORT(tanh, RunTanh)
TW_SFPU_EXPORT(gelu, RunGelu)

}  // namespace tw::sfpu
#endif
