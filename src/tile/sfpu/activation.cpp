// Activation functions, most of them piecewise. Parameters are floats' bits, in the order of the kernel call.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/activation.cpp"
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

void RunHardsigmoid(const SfpuCall& c) {
    Map<Store::Truncate>(
        c, [](Vf x) HWY_ATTR { return hn::Min(hn::Max(hn::MulAdd(x, F(0.166666667f), F(0.5f)), Zero()), F(1.0f)); });
}
void RunSoftsign(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Div(x, hn::Add(F(1.0f), hn::Abs(x))); });
}
// alpha, 1 / alpha
void RunCelu(const SfpuCall& c) {
    const auto alpha = FromBits(c.p0), inverse = FromBits(c.p1);
    Map(c, [&](Vf x) HWY_ATTR {
        const auto low = hn::Mul(alpha, Expm1(hn::Mul(x, inverse)));
        return hn::IfThenElse(hn::Lt(x, Zero()), low, x);
    });
}
void RunElu(const SfpuCall& c) {
    const auto alpha = FromBits(c.p0);
    Map(c, [&](Vf x_in) HWY_ATTR {
        const auto x = Flush(x_in);
        return hn::IfThenElse(hn::Lt(x, Zero()), hn::Mul(alpha, Expm1(x)), x);
    });
}
// scale, alpha
void RunSelu(const SfpuCall& c) {
    const auto scale = FromBits(c.p0), alpha = FromBits(c.p1);
    Map(c, [&](Vf x_in) HWY_ATTR {
        const auto x = Flush(x_in);
        return hn::Mul(scale, hn::IfThenElse(hn::Lt(x, Zero()), hn::Mul(alpha, Expm1(x)), x));
    });
}
void RunSoftshrink(const SfpuCall& c) {
    const auto lambda = FromBits(c.p0);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR {
        const auto up = hn::IfThenElseZero(hn::Lt(x, hn::Neg(lambda)), hn::Add(x, lambda));
        return hn::IfThenElse(hn::Gt(x, lambda), hn::Sub(x, lambda), up);
    });
}
void RunHardshrink(const SfpuCall& c) {
    const auto lambda = FromBits(c.p0);
    Map<Store::Raw>(c, [&](Vf x) HWY_ATTR { return hn::IfThenElseZero(hn::Gt(hn::Abs(x), lambda), x); });
}
// One slope for all: PReLU and leaky ReLU.
void RunLeakyRelu(const SfpuCall& c) {
    const auto slope = FromBits(c.p0);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR { return hn::IfThenElse(hn::Lt(x, Zero()), hn::Mul(x, slope), x); });
}
void RunReluMax(const SfpuCall& c) {
    const auto limit = FromBits(c.p0);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR { return hn::Max(hn::Min(x, limit), Zero()); });
}
void RunReluMin(const SfpuCall& c) {
    const auto limit = FromBits(c.p0);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR { return hn::Max(x, limit); });
}
// low, high
void RunClamp(const SfpuCall& c) {
    const auto low = FromBits(c.p0), high = FromBits(c.p1);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR { return hn::Min(hn::Max(x, low), high); });
}
// threshold, value
void RunThreshold(const SfpuCall& c) {
    const auto threshold = FromBits(c.p0), value = FromBits(c.p1);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR { return hn::IfThenElse(hn::Le(x, threshold), value, x); });
}
// beta, 1 / beta, threshold: linear where beta * x is above the threshold
void RunSoftplus(const SfpuCall& c) {
    const auto beta = FromBits(c.p0), inverse = FromBits(c.p1), threshold = FromBits(c.p2);
    Map(c, [&](Vf x) HWY_ATTR {
        const auto t = hn::Mul(beta, x);
        return hn::IfThenElse(hn::Gt(t, threshold), x, hn::Mul(inverse, Softplus(t)));
    });
}
void RunLogsigmoid(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR { return hn::Neg(Softplus(hn::Neg(x))); });
}
void RunHardmish(const SfpuCall& c) {
    Map<Store::Truncate>(c, [](Vf x) HWY_ATTR {
        const auto weight = hn::Min(hn::Max(hn::MulAdd(x, F(0.5f), F(1.0f)), Zero()), F(1.0f));
        return hn::IfThenElse(hn::Eq(x, hn::Neg(Infinity())), Zero(), hn::Mul(x, weight));
    });
}
void RunMish(const SfpuCall& c) {
    Map(c, [](Vf x)
               HWY_ATTR { return hn::IfThenElse(hn::Eq(x, hn::Neg(Infinity())), Zero(), hn::Mul(x, Tanh(Softplus(x)))); });
}
// alpha for positive, alpha for negative inputs; beta is one half and epsilon -1e-6
void RunXielu(const SfpuCall& c) {
    const auto positive = FromBits(c.p0), negative = FromBits(c.p1);
    Map(c, [&](Vf x) HWY_ATTR {
        const auto linear = hn::Mul(F(0.5f), x);
        const auto above = hn::MulAdd(hn::Mul(positive, x), x, linear);
        const auto below = hn::MulAdd(negative, hn::Sub(Expm1(hn::Min(x, F(-1e-6f))), x), linear);
        return hn::IfThenElse(hn::Gt(x, Zero()), above, below);
    });
}
// Without cancellation near zero.
void RunTanhshrink(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto s = hn::Mul(x, x);
        const auto near = hn::Neg(hn::Mul(hn::Mul(TanhCubic(s), s), x));
        return hn::IfThenElse(hn::Lt(hn::Abs(x), F(0.65f)), near, hn::Sub(x, Tanh(x)));
    });
}
// 1 - tanh^2, as 4 e / (1 + e)^2 with e = exp(-2|x|): no cancellation
void RunTanhDerivative(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto e = Exp(hn::Mul(hn::Abs(x), F(-2.0f)));
        const auto s = hn::Add(F(1.0f), e);
        return hn::Div(hn::Mul(F(4.0f), e), hn::Mul(s, s));
    });
}
void RunGeluTanh(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto inner = hn::Mul(F(0.797884561f), hn::MulAdd(hn::Mul(F(0.044715f), hn::Mul(x, x)), x, x));
        return hn::Mul(x, Sigmoid(hn::Add(inner, inner)));
    });
}
void RunGeluDerivative(const SfpuCall& c) {
    Map(c, [](Vf x) HWY_ATTR {
        const auto density = hn::Mul(F(0.398942280f), Exp(hn::Mul(hn::Mul(x, x), F(-0.5f))));
        const auto bounded = hn::Min(hn::Max(x, F(-1e10f)), F(1e10f));  // an infinity times no density is zero
        return hn::IfThenElse(hn::IsNaN(x), x, hn::MulAdd(bounded, density, NormalCdf(x)));
    });
}
// cap * tanh(x / cap): cap, 1 / cap
void RunSoftcap(const SfpuCall& c) {
    const auto cap = FromBits(c.p0), inverse = FromBits(c.p1);
    Map(c, [&](Vf x) HWY_ATTR { return hn::Mul(cap, Tanh(hn::Mul(Flush(x), inverse))); });
}
// Gated units of a gate a and a linear part b: SiLU of min(a, 10) times b within [-10, 10]; and both bounded by tanh, the
// gate at 4 and the linear part at 25.
void RunClampedSiluGlu(const SfpuCall& c) {
    Map2(c, [](Vf a, Vf b) HWY_ATTR {
        return hn::Mul(Silu(hn::Min(Flush(a), F(10.0f))), hn::Min(hn::Max(Flush(b), F(-10.0f)), F(10.0f)));
    });
}
void RunSituGlu(const SfpuCall& c) {
    Map2(c, [](Vf a, Vf b) HWY_ATTR {
        const auto gate = hn::Mul(hn::Mul(F(4.0f), Tanh(hn::Mul(Flush(a), F(0.25f)))), Sigmoid(a));
        return hn::Mul(gate, hn::Mul(F(25.0f), Tanh(hn::Mul(Flush(b), F(0.04f)))));
    });
}
void RunHeaviside(const SfpuCall& c) {
    const auto at_zero = FromBits(c.p0);
    Map<Store::Truncate>(c, [&](Vf x) HWY_ATTR {
        const auto step = hn::IfThenElseZero(hn::Gt(x, Zero()), F(1.0f));
        return hn::IfThenElse(hn::Eq(Flush(x), Zero()), at_zero, step);
    });
}
// x + sin^2(alpha x) / beta
void RunSnakeBeta(const SfpuCall& c) {
    Map3(c, [](Vf x, Vf alpha, Vf beta) HWY_ATTR {
        const auto s = Sin(hn::Mul(alpha, x));
        return hn::Add(x, hn::Div(hn::Mul(s, s), beta));
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(hardsigmoid, RunHardsigmoid)
TW_SFPU_EXPORT(softsign, RunSoftsign)
TW_SFPU_EXPORT(celu, RunCelu)
TW_SFPU_EXPORT(elu, RunElu)
TW_SFPU_EXPORT(selu, RunSelu)
TW_SFPU_EXPORT(softshrink, RunSoftshrink)
TW_SFPU_EXPORT(hardshrink, RunHardshrink)
TW_SFPU_EXPORT(leaky_relu, RunLeakyRelu)
TW_SFPU_EXPORT(relu_max, RunReluMax)
TW_SFPU_EXPORT(relu_min, RunReluMin)
TW_SFPU_EXPORT(clamp, RunClamp)
TW_SFPU_EXPORT(threshold, RunThreshold)
TW_SFPU_EXPORT(softplus, RunSoftplus)
TW_SFPU_EXPORT(logsigmoid, RunLogsigmoid)
TW_SFPU_EXPORT(hardmish, RunHardmish)
TW_SFPU_EXPORT(mish, RunMish)
TW_SFPU_EXPORT(xielu, RunXielu)
TW_SFPU_EXPORT(tanhshrink, RunTanhshrink)
TW_SFPU_EXPORT(tanh_derivative, RunTanhDerivative)
TW_SFPU_EXPORT(gelu_tanh, RunGeluTanh)
TW_SFPU_EXPORT(gelu_derivative, RunGeluDerivative)
TW_SFPU_EXPORT(softcap, RunSoftcap)
TW_SFPU_EXPORT(clamped_silu_glu, RunClampedSiluGlu)
TW_SFPU_EXPORT(situ_glu, RunSituGlu)
TW_SFPU_EXPORT(heaviside, RunHeaviside)
TW_SFPU_EXPORT(snake_beta, RunSnakeBeta)

}  // namespace tw::sfpu
#endif
