// Error function, Bessel and gamma functions.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/special.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include <math.h>

#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

// What is not hot is computed in double, an element at a time.
void RunErf(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Erf(x); });
}
void RunErfc(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return Erfc(x); });
}

// Winitzki's closed form as the first guess, then Halley steps.
void RunErfinv(const SfpuCall& c) {
    MapScalar(c, [](float v) HWY_ATTR {
        const double x = v;
        if (x <= -1.0 || x >= 1.0) return x == 1.0 ? __builtin_inff() : x == -1.0 ? -__builtin_inff() : __builtin_nanf("");
        if (x != x) return v;
        const double w = -__builtin_log((1.0 - x) * (1.0 + x));
        const double t = 2.0 / (3.14159265358979 * 0.147) - 0.5 * w;
        double y = __builtin_copysign(__builtin_sqrt(__builtin_sqrt(t * t + w / 0.147) - t), x);
        for (int i = 0; i < 4; ++i) {
            const double e = (__builtin_erf(y) - x) * 0.88622692545275801 * __builtin_exp(y * y);
            y -= e / (1.0 + y * e);
        }
        return static_cast<float>(x == 0 ? x : y);
    });
}

// Modified Bessel functions by their power series, which converges for all floats below overflow at some 90.
HWY_INLINE double Bessel(double x, int order) {
    const double q = x * x / 4;
    double term = order == 0 ? 1.0 : x / 2, sum = term;
    for (int k = 1; k < 500; ++k) {
        term *= q / (static_cast<double>(k) * (k + order));
        sum += term;
        if (__builtin_fabs(term) < 1e-17 * __builtin_fabs(sum)) break;
    }
    return sum;
}
void RunI0(const SfpuCall& c) {
    MapScalar(c, [](float x) HWY_ATTR { return static_cast<float>(Bessel(x, 0)); });
}
void RunI1(const SfpuCall& c) {
    MapScalar(c, [](float x) HWY_ATTR { return static_cast<float>(Bessel(x, 1)); });
}
void RunLgamma(const SfpuCall& c) {
    MapScalar(c, [](float x) HWY_ATTR {
        int sign;
        return static_cast<float>(lgamma_r(x, &sign));
    });
}
// psi(x): recurrence up to 10, then the asymptotic series; reflection below zero.
HWY_INLINE double Digamma(double x) {
    double shift = 0;
    if (x <= 0) {
        if (x == __builtin_floor(x)) return __builtin_nan("");
        shift = -3.14159265358979323846 / __builtin_tan(3.14159265358979323846 * x);
        x = 1 - x;
    }
    while (x < 10) {
        shift -= 1 / x;
        x += 1;
    }
    const double r = 1 / (x * x);
    return shift + __builtin_log(x) - 0.5 / x -
           r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r / 132))));
}
void RunDigamma(const SfpuCall& c) {
    MapScalar(c, [](float x) HWY_ATTR { return static_cast<float>(Digamma(x)); });
}
// p1 * zeta(n + 1, x), n in p0, both floats: the n-th derivative of psi when p1 is (-1)^(n+1) n!.
void RunPolygamma(const SfpuCall& c) {
    const double order = hn::GetLane(FromBits(c.p0)) + 1.0, scale = hn::GetLane(FromBits(c.p1));
    MapScalar(c, [&](float v) HWY_ATTR {
        double x = v, sum = 0;
        for (int k = 0; k < 16; ++k, x += 1) sum += __builtin_pow(x, -order);
        const double p = __builtin_pow(x, -order);
        sum += p * x / (order - 1) + 0.5 * p + order * p / (12 * x) -
               order * (order + 1) * (order + 2) * p / (720 * x * x * x);
        return static_cast<float>(scale * sum);
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(erf, RunErf)
TW_SFPU_EXPORT(erfc, RunErfc)
TW_SFPU_EXPORT(erfinv, RunErfinv)
TW_SFPU_EXPORT(i0, RunI0)
TW_SFPU_EXPORT(i1, RunI1)
TW_SFPU_EXPORT(lgamma, RunLgamma)
TW_SFPU_EXPORT(digamma, RunDigamma)
TW_SFPU_EXPORT(polygamma, RunPolygamma)

}  // namespace tw::sfpu
#endif
