// Elementary functions of a vector of floats, the vocabulary that the operations of this folder are written in.
//
// Polynomials were fitted for this project (minimax, float64), errors in units in the last place of float32 over the whole
// range: exp 1, log 1, tanh 2, erf 1, erfc 4, GELU 5, sin and cos 2 for |x| < 2^15. That is within what silicon's own
// versions document (docs/hardware.md 2.7), and below half a bf16 step.
#if defined(TW_TILE_SFPU_VOCABULARY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TW_TILE_SFPU_VOCABULARY_INL_H_
#undef TW_TILE_SFPU_VOCABULARY_INL_H_
#else
#define TW_TILE_SFPU_VOCABULARY_INL_H_
#endif

#include "tile/sfpu/map-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

// c0 + c1 x + c2 x^2 ...
HWY_INLINE Vf Horner(Vf, float c) {
    return F(c);
}
template <class... Rest>
HWY_INLINE Vf Horner(Vf x, float c, Rest... rest) {
    return hn::MulAdd(Horner(x, rest...), x, F(c));
}

// Bounds that let a NaN through: x86's instructions give their second operand when one is a NaN. Highway's targets without
// instructions give the other one.
#undef TW_BOUNDS_KEEP_NAN
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
#define TW_BOUNDS_KEEP_NAN 1
#else
#define TW_BOUNDS_KEEP_NAN 0
#endif
HWY_INLINE Vf AtLeast(float low, Vf x) {
#if TW_BOUNDS_KEEP_NAN
    return hn::Max(F(low), x);
#else
    return hn::IfThenElse(hn::Lt(x, F(low)), F(low), x);
#endif
}
HWY_INLINE Vf AtMost(float high, Vf x) {
#if TW_BOUNDS_KEEP_NAN
    return hn::Min(F(high), x);
#else
    return hn::IfThenElse(hn::Gt(x, F(high)), F(high), x);
#endif
}

// 1 / x for |x| < 2^127, within 1 unit in the last place: an estimate and a Newton step where the estimate has 14 bits.
HWY_INLINE Vf Reciprocal(Vf x) {
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
    const auto r = hn::ApproximateReciprocal(x);
    return hn::MulAdd(r, hn::NegMulAdd(x, r, F(1.0f)), r);
#else
    return hn::Div(F(1.0f), x);
#endif
}

// v * 2^n for an integer |n| <= 254; in two steps, so that neither factor leaves the range, where there is no instruction.
HWY_INLINE Vf ScaleByPowerOf2(Vf v, Vf n) {
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
    return Vf{_mm512_scalef_ps(v.raw, n.raw)};
#else
    const auto whole = hn::ConvertTo(Di(), n), half = hn::ShiftRight<1>(whole);
    const auto power = [](Vi e) { return Floats(hn::ShiftLeft<23>(FromInts(hn::Add(e, hn::Set(Di(), 127))))); };
    return hn::Mul(hn::Mul(v, power(half)), power(hn::Sub(whole, half)));
#endif
}

// exp(x + low) = 2^n * what is returned, which is between 0.7 and 1.5; `low` is a small addend beyond float precision.
HWY_INLINE Vf ExpParts(Vf x, Vf low, Vf& n) {
    const auto clamped = AtMost(89.0f, AtLeast(-104.0f, x));
    n = hn::Round(hn::Mul(clamped, F(1.44269504f)));
    auto r = hn::NegMulAdd(n, F(0.693145752f), clamped);
    r = hn::Add(hn::NegMulAdd(n, F(1.42860677e-6f), r), low);
    const auto p = Horner(r, 0.5f, 0.16666576f, 0.041666377f, 0.008363175f, 0.0013941089f);
    return hn::Add(hn::MulAdd(hn::Mul(r, r), p, r), F(1.0f));
}
HWY_INLINE Vf ExpWithLow(Vf x, Vf low) {
    Vf n;
    const auto e = ExpParts(x, low, n);
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
    return ScaleByPowerOf2(e, n);  // a NaN in n stays one
#else
    return hn::IfThenElse(hn::IsNaN(x), x, ScaleByPowerOf2(e, n));
#endif
}
HWY_INLINE Vf Exp(Vf x) {
    return ExpWithLow(x, hn::Zero(Df()));
}

HWY_INLINE Vf Exp2(Vf x) {
    const auto clamped = hn::Min(hn::Max(x, F(-150.0f)), F(129.0f));
    const auto n = hn::Round(clamped);
    const auto r = hn::Sub(clamped, n);
    const auto p = Horner(r, 0.6931472f, 0.2402265f, 0.05550357f, 0.009618031f, 0.0013390867f, 0.00015469707f);
    const auto y = ScaleByPowerOf2(hn::MulAdd(p, r, F(1.0f)), n);
    return hn::IfThenElse(hn::IsNaN(x), x, y);
}

// exp(x) - 1 without cancellation: 2^n (e - 1) + (2^n - 1).
HWY_INLINE Vf Expm1(Vf x) {
    const auto clamped = hn::Min(hn::Max(x, F(-30.0f)), F(89.0f));
    const auto n = hn::Round(hn::Mul(clamped, F(1.44269504f)));
    auto r = hn::NegMulAdd(n, F(0.693145752f), clamped);
    r = hn::NegMulAdd(n, F(1.42860677e-6f), r);
    const auto p = Horner(r, 0.5f, 0.16666576f, 0.041666377f, 0.008363175f, 0.0013941089f);
    const auto em1 = hn::MulAdd(hn::Mul(r, r), p, r);
    const auto scaled = ScaleByPowerOf2(em1, n);
    const auto rest = hn::Sub(ScaleByPowerOf2(F(1.0f), n), F(1.0f));
    // From 2^128 on, the two halves overflow apart.
    const auto y = hn::IfThenElse(hn::Gt(n, F(127.0f)), Exp(x), hn::Add(scaled, rest));
    return hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenElse(hn::Eq(n, hn::Zero(Df())), em1, y));
}

// log(m * 2^e), m in [sqrt(1/2), sqrt(2)); positive normal x only.
HWY_INLINE Vf LogOfParts(Vf m, Vf e) {
    const auto f = hn::Sub(m, F(1.0f));
    const auto q = Horner(f, 0.3333333f, -0.2499998f, 0.20000689f, -0.16669148f, 0.1425115f, -0.123967454f, 0.11634757f,
                          -0.11659654f, 0.07331929f);
    const auto f2 = hn::Mul(f, f);
    auto low = hn::Mul(hn::Mul(f, f2), q);
    low = hn::MulAdd(e, F(-2.12194440e-4f), low);
    low = hn::NegMulAdd(F(0.5f), f2, low);
    return hn::MulAdd(e, F(0.693359375f), hn::Add(f, low));
}

HWY_INLINE void SplitExponent(Vf x, Vf& m, Vf& e) {
    const Du d;
    // Moves the cut to sqrt(1/2) by adding the distance from its bits to those of 1.
    const auto shifted = hn::Add(Bits(x), hn::Set(d, 0x3f800000u - 0x3f3504f3u));
    e = hn::ConvertTo(Df(), hn::Sub(Ints(hn::ShiftRight<23>(shifted)), hn::Set(Di(), 127)));
    m = Floats(hn::Add(hn::And(shifted, hn::Set(d, 0x7fffffu)), hn::Set(d, 0x3f3504f3u)));
}

HWY_INLINE Vf Log(Vf x_in) {
    const auto x = Flush(x_in);
    Vf m, e;
    SplitExponent(x, m, e);
    auto y = LogOfParts(m, e);
    y = hn::IfThenElse(hn::Eq(x, Infinity()), x, y);
    y = hn::IfThenElse(hn::Eq(x, hn::Zero(Df())), FromBits(0xff800000u), y);
    return hn::IfThenElse(hn::Or(hn::Lt(x, hn::Zero(Df())), hn::IsNaN(x)), Nan(), y);
}

// log(1 + x): the rounding error of 1 + x is added back to first order.
HWY_INLINE Vf Log1p(Vf x) {
    const auto u = hn::Add(F(1.0f), x);
    const auto big = hn::Gt(hn::Abs(x), F(1.0f));
    const auto error = hn::IfThenElse(big, hn::Sub(F(1.0f), hn::Sub(u, x)), hn::Sub(x, hn::Sub(u, F(1.0f))));
    const auto y = hn::Add(Log(u), hn::IfThenElse(hn::Eq(u, Infinity()), hn::Zero(Df()), hn::Div(error, u)));
    const auto edge = hn::Eq(x, F(-1.0f));
    const auto r = hn::IfThenElse(edge, FromBits(0xff800000u), y);
    return hn::IfThenElse(hn::Lt(hn::Abs(x), F(1e-8f)), x, r);
}

// 1 / (1 + exp(-x)), below zero exp(x) / (1 + exp(x)): nothing overflows.
HWY_INLINE Vf Sigmoid(Vf x) {
    const auto e = Exp(hn::Neg(hn::Abs(x))), r = Reciprocal(hn::Add(F(1.0f), e));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(Df())), hn::Mul(e, r), r);
}

// (tanh(x) - x) / x^3 for |x| < 0.65, of s = x^2
HWY_INLINE Vf TanhCubic(Vf s) {
    return Horner(s, -0.33333334f, 0.13333292f, -0.05395676f, 0.021748899f, -0.008279774f, 0.002221817f);
}

HWY_INLINE Vf Tanh(Vf x) {
    const auto a = hn::Abs(x);
    const auto s = hn::Mul(x, x);
    const auto small = hn::MulAdd(hn::Mul(TanhCubic(s), s), x, x);
    const auto e = Exp(hn::Mul(hn::Min(a, F(20.0f)), F(2.0f)));
    const auto large = CopySignOf(hn::NegMulAdd(F(2.0f), Reciprocal(hn::Add(e, F(1.0f))), F(1.0f)), x);
    const auto y = hn::IfThenElse(hn::Lt(a, F(0.65f)), small, large);
    return hn::IfThenElse(hn::IsNaN(x), x, y);
}

// erfc(z) for z >= 0: exp(-z^2) times a polynomial in (z - 3.75) / (z + 3.75), over 1 + 2z.
HWY_INLINE Vf ErfcPositive(Vf z_in) {
    const auto z = hn::Min(z_in, F(10.5f));
    // One division for both quotients.
    const auto below = hn::Add(z, F(3.75f)), last = hn::MulAdd(z, F(2.0f), F(1.0f));
    const auto both = hn::Div(F(1.0f), hn::Mul(below, last));
    const auto u = hn::Mul(hn::Sub(z, F(3.75f)), hn::Mul(both, last));
    const auto p = Horner(u, 1.2375126f, -0.1402405f, 0.0035848368f, 0.08227255f, -0.1087946f, 0.09236276f, -0.05871569f,
                          0.028048202f, -0.009956558f, 0.0022697677f, 0.0010821467f);
    const auto high = hn::Mul(z, z);
    const auto low = hn::NegMulAdd(z, z, high);  // what high lacks, negated
    const auto e = ExpWithLow(hn::Neg(high), low);
    return hn::Mul(e, hn::Mul(p, hn::Mul(both, below)));
}

HWY_INLINE Vf ErfSmall(Vf x_in) {
    const auto x = Flush(x_in);
    const auto s = hn::Mul(x, x);
    return hn::Mul(x, Horner(s, 1.1283792f, -0.37612638f, 0.11283783f, -0.026865445f, 0.005221075f, -0.00084847107f,
                             0.000112705384f, -9.680119e-06f));
}

HWY_INLINE Vf Erf(Vf x) {
    const auto a = hn::Abs(x);
    const auto y = hn::IfThenElse(hn::Lt(a, F(1.0f)), ErfSmall(x), CopySignOf(hn::Sub(F(1.0f), ErfcPositive(a)), x));
    return hn::IfThenElse(hn::IsNaN(x), x, y);
}

HWY_INLINE Vf Erfc(Vf x) {
    const auto positive = ErfcPositive(hn::Abs(x));
    const auto y = hn::IfThenElse(IsNegative(x), hn::Sub(F(2.0f), positive), positive);
    const auto small = hn::Lt(hn::Abs(x), F(0.25f));
    return hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenElse(small, hn::Sub(F(1.0f), ErfSmall(x)), y));
}

// x - n pi/2 in three parts, and n mod 4; good for |x| up to some 2^15, beyond which silicon has no digits left either.
HWY_INLINE Vf ReduceQuarter(Vf x, Vi& quadrant) {
    const auto n = hn::Round(hn::Mul(x, F(0.636619772f)));
    quadrant = hn::ConvertTo(Di(), n);
    auto r = hn::NegMulAdd(n, F(1.5703125f), x);
    r = hn::NegMulAdd(n, F(4.837512969970703125e-4f), r);
    return hn::NegMulAdd(n, F(7.54978995489188216e-8f), r);
}

HWY_INLINE Vf SinPoly(Vf r) {
    const auto s = hn::Mul(r, r);
    return hn::MulAdd(hn::Mul(s, r), Horner(s, -0.16666667f, 0.008333332f, -0.0001984004f, 2.724389e-06f), r);
}
HWY_INLINE Vf CosPoly(Vf r) {
    const auto s = hn::Mul(r, r);
    const auto p = Horner(s, 0.041666668f, -0.0013888888f, 2.4800562e-05f, -2.729591e-07f);
    return hn::MulAdd(hn::Mul(s, s), p, hn::NegMulAdd(F(0.5f), s, F(1.0f)));
}

// sin for shift 0, cos for shift 1.
HWY_INLINE Vf SinShifted(Vf x, int32_t shift) {
    Vi n;
    const auto r = ReduceQuarter(x, n);
    n = hn::Add(n, hn::Set(Di(), shift));
    const auto odd = hn::RebindMask(Df(), hn::Ne(hn::And(n, hn::Set(Di(), 1)), hn::Zero(Di())));
    const auto y = hn::IfThenElse(odd, CosPoly(r), SinPoly(r));
    const auto sign = hn::ShiftLeft<30>(hn::And(FromInts(n), hn::Set(Du(), 2u)));
    const auto out_of_range = hn::Or(hn::Eq(hn::Abs(x), Infinity()), hn::IsNaN(x));
    return hn::IfThenElse(out_of_range, Nan(), Floats(hn::Xor(Bits(y), sign)));
}
HWY_INLINE Vf Sin(Vf x) {
    return SinShifted(x, 0);
}
HWY_INLINE Vf Cos(Vf x) {
    return SinShifted(x, 1);
}

HWY_INLINE Vf Atan(Vf x) {
    const auto a = hn::Abs(x);
    const auto far = hn::Gt(a, F(2.41421356f));      // tan(3 pi / 8)
    const auto middle = hn::Gt(a, F(0.414213562f));  // tan(pi / 8)
    const auto base = hn::IfThenElse(far, F(1.57079633f), hn::IfThenElseZero(middle, F(0.785398163f)));
    const auto mid_t = hn::Div(hn::Sub(a, F(1.0f)), hn::Add(a, F(1.0f)));
    const auto t = hn::IfThenElse(far, hn::Div(F(-1.0f), a), hn::IfThenElse(middle, mid_t, a));
    const auto s = hn::Mul(t, t);
    const auto p = Horner(s, -0.3333333f, 0.19999559f, -0.14264506f, 0.10748849f, -0.06466809f);
    const auto y = hn::Add(base, hn::MulAdd(hn::Mul(s, t), p, t));
    return hn::IfThenElse(hn::IsNaN(x), x, CopySignOf(y, x));
}

// asin(x) for 0 <= x <= 0.5.
HWY_INLINE Vf AsinPoly(Vf x) {
    const auto s = hn::Mul(x, x);
    return hn::MulAdd(hn::Mul(s, x),
                      Horner(s, 0.16666666f, 0.07500103f, 0.04459663f, 0.031131865f, 0.017006032f, 0.03392069f), x);
}
HWY_INLINE Vf Asin(Vf x) {
    const auto a = hn::Abs(x);
    const auto root = hn::Sqrt(hn::Mul(hn::Sub(F(1.0f), a), F(0.5f)));
    const auto outer = hn::NegMulAdd(F(2.0f), AsinPoly(root), F(1.57079633f));
    const auto y = hn::IfThenElse(hn::Gt(a, F(0.5f)), outer, AsinPoly(a));
    return hn::IfThenElse(hn::Gt(a, F(1.0f)), Nan(), CopySignOf(y, x));
}
HWY_INLINE Vf Acos(Vf x) {
    const auto a = hn::Abs(x);
    const auto root = hn::Mul(F(2.0f), AsinPoly(hn::Sqrt(hn::Mul(hn::Sub(F(1.0f), a), F(0.5f)))));
    const auto outer = hn::IfThenElse(IsNegative(x), hn::Sub(F(3.14159265f), root), root);
    const auto inner = hn::Sub(F(1.57079633f), CopySignOf(AsinPoly(a), x));
    const auto y = hn::IfThenElse(hn::Gt(a, F(0.5f)), outer, inner);
    return hn::IfThenElse(hn::Gt(a, F(1.0f)), Nan(), y);
}

// The normal distribution's CDF without cancellation in the lower tail.
HWY_INLINE Vf NormalCdf(Vf x) {
    return hn::Mul(F(0.5f), Erfc(hn::Mul(x, F(-0.707106781f))));
}

// The normal distribution above t >= 0: exp(-t^2 / 2) times a polynomial in 1 / (1 + 0.35 t). The square is carried
// in two parts, so that its rounding does not show in the exponential.
HWY_INLINE Vf NormalTail(Vf t) {
    const auto square = hn::Mul(t, t);
    const auto low = hn::MulSub(t, t, square);
    const auto e = ExpWithLow(hn::Mul(square, F(-0.5f)), hn::Mul(low, F(-0.5f)));
    const auto v = Reciprocal(hn::MulAdd(t, F(0.35f), F(1.0f)));
    const auto p = Horner(v, 0.13962136f, 0.1398626f, 0.1198277f, 0.1055274f, -0.023154058f, 0.159236223f, -0.255766809f,
                          0.143996313f, -0.02915083f);
    return hn::Mul(v, hn::Mul(p, e));
}

// x Phi(x), as max(x, 0) less what the tail takes away: nothing cancels on either side.
HWY_INLINE Vf Gelu(Vf x) {
    const auto t = AtMost(16.0f, hn::Abs(x));
    return hn::NegMulAdd(t, NormalTail(t), AtLeast(0.0f, x));
}

HWY_INLINE Vf Recip(Vf x) {
    return hn::Div(F(1.0f), Flush(x));
}
// x / (1 + exp(-x)); below zero x exp(x) / (1 + exp(x)), whose power of 2 is put in last: it may be below the normal
// numbers where the product is not.
HWY_INLINE Vf Silu(Vf x_in) {
    Vf n;
    const auto x = AtLeast(-200.0f, x_in);
    const auto m = ExpParts(hn::Neg(hn::Abs(x)), hn::Zero(Df()), n);
    const auto y = hn::Mul(x, Reciprocal(hn::Add(F(1.0f), ScaleByPowerOf2(m, n))));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(Df())), ScaleByPowerOf2(hn::Mul(y, m), n), y);
}
HWY_INLINE Vf Softplus(Vf x) {
    return hn::Add(hn::Max(x, hn::Zero(Df())), Log1p(Exp(hn::Neg(hn::Abs(x)))));
}

// x^y as the vector unit's kernels define it: of |x| through exp2 and log2, negative only for odd integers y.
HWY_INLINE Vf Power(Vf x_in, Vf y_in) {
    Vf m, e;
    const auto x = Flush(x_in), y = Flush(y_in);
    const auto a = hn::Abs(x);
    SplitExponent(a, m, e);
    // log2(a) in two parts, so that a large product keeps its fraction.
    const auto log_m = hn::Mul(LogOfParts(m, hn::Zero(Df())), F(1.44269504f));
    const auto bounded = hn::Min(hn::Max(y, F(-0x1p31f)), F(0x1p31f));  // further, every result has left the range
    const auto high = hn::Mul(bounded, e);
    const auto high_error = hn::MulSub(bounded, e, high);
    const auto whole = hn::Round(high);
    const auto rest = hn::Add(hn::Add(hn::Sub(high, whole), high_error), hn::Mul(bounded, log_m));
    const auto rest_whole = hn::Round(rest);
    const auto exponent = hn::Min(hn::Max(hn::Add(whole, rest_whole), F(-252.0f)), F(252.0f));
    auto r = ScaleByPowerOf2(Exp2(hn::Sub(rest, rest_whole)), exponent);
    const auto zero = hn::Zero(Df());
    const auto is_integer = hn::Eq(hn::Round(y), y);
    const auto half = hn::Mul(y, F(0.5f));
    const auto is_odd = hn::And(is_integer, hn::Ne(hn::Round(half), half));
    const auto negative = hn::Lt(x, zero);
    r = hn::IfThenElse(hn::Eq(a, zero), hn::IfThenElse(hn::Lt(y, zero), Infinity(), zero), r);
    r = hn::IfThenElse(hn::Eq(a, Infinity()), hn::IfThenElse(hn::Lt(y, zero), zero, Infinity()), r);
    r = hn::IfThenElse(hn::And(negative, is_odd), hn::Neg(r), r);
    r = hn::IfThenElse(hn::And(negative, hn::Not(is_integer)), Nan(), r);
    const auto grows = hn::Gt(hn::Mul(hn::Sub(a, F(1.0f)), y), zero);
    const auto far = hn::IfThenElse(hn::Eq(a, F(1.0f)), F(1.0f), hn::IfThenElse(grows, Infinity(), zero));
    r = hn::IfThenElse(hn::Eq(hn::Abs(y), Infinity()), far, r);
    r = hn::IfThenElse(hn::Or(hn::IsNaN(x), hn::IsNaN(y)), Nan(), r);
    return hn::IfThenElse(hn::Eq(y, zero), F(1.0f), r);
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#endif
