// Steps between neighbouring numbers, pairs of columns as complex numbers, and the gamma function in the pieces that stock
// kernels put together.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/neighbours.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

#include <math.h>  // lgamma_r, which is not in <cmath>

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

// The next number after a toward b; p0: the step in the bits, 1 of a float or 0x10000 of a bf16.
void RunNextafter(const SfpuCall& c) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        for (size_t k = i; k < i + hn::Lanes(Du()); ++k) {
            const float a = __builtin_bit_cast(float, c.a[k]), b = __builtin_bit_cast(float, c.b[k]);
            uint32_t bits = c.a[k];
            if (a != a || b != b) {
                bits = 0x7fc00000u;
            } else if (a == b) {
                bits = c.b[k];
            } else if (a == 0) {
                bits = c.p0 | (b < 0 ? 0x80000000u : 0u);
            } else {
                bits = (a < b) == (a > 0) ? bits + c.p0 : bits - c.p0;
            }
            c.out[k] = bits;
        }
    });
}
// Even and odd columns are real and imaginary parts: times i.
void RunRotate90(const SfpuCall& c) {
    EachVector(c, [&](size_t i) HWY_ATTR {
        if (i % 2) return;  // the scalar target comes by every word
        for (size_t k = i; k < i + hn::Lanes(Du()); k += 2) {
            const uint32_t real = c.a[k];
            c.out[k] = c.a[k + 1] ^ 0x80000000u;
            c.out[k + 1] = real;
        }
    });
}

// ln Gamma of x, or of 1 - x below one half.
HWY_INLINE double ReflectedLgamma(float x) {
    int sign;
    return lgamma_r(x < 0.5f ? 1.0 - static_cast<double>(x) : static_cast<double>(x), &sign);
}
void RunLgammaReflected(const SfpuCall& c) {
    MapScalar(c, [](float x) HWY_ATTR { return static_cast<float>(ReflectedLgamma(x)); });
}
// a: what the function above gave; b: ln |sin(pi x)|; c: x
void RunLgammaAdjusted(const SfpuCall& c) {
    Map3(c, [](Vf gamma, Vf sine, Vf x) HWY_ATTR {
        const auto reflected = hn::Sub(hn::Sub(F(1.14472989f), sine), gamma);  // ln(pi) - ...
        const auto pole = hn::Eq(sine, hn::Neg(Infinity()));
        return hn::IfThenElse(hn::Lt(x, F(0.5f)), hn::IfThenElse(pole, Infinity(), reflected), gamma);
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(nextafter, RunNextafter)
TW_SFPU_EXPORT(rotate90, RunRotate90)
TW_SFPU_EXPORT(lgamma_reflected, RunLgammaReflected)
TW_SFPU_EXPORT(lgamma_adjusted, RunLgammaAdjusted)

}  // namespace tw::sfpu
#endif
