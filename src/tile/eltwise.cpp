#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/eltwise.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile/eltwise.h"
#include "tile/fpu-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace {

using namespace fpu;

// Eleven-bit significands; the smaller operand is aligned with half up on the magnitude and vanishes from 12 places on.
HWY_INLINE Term Sum(Vu32 a, Vu32 b) {
    const Datum x = Split(a), y = Split(b);
    const auto exponent = hn::Max(x.exponent, y.exponent);
    const auto align = [&](const Datum& v) {
        const auto shift = hn::Sub(exponent, v.exponent);
        const auto r = hn::IfThenElseZero(hn::Gt(I(12), shift), RoundShift(v.significand, shift));
        return WithSign(r, v.sign);
    };
    return {hn::Add(align(x), align(y)), exponent};
}

HWY_INLINE Term Product(const Datum& x, const Datum& y, uint32_t phase) {
    const auto e = hn::Add(hn::Add(x.exponent, y.exponent), I(PhaseCorrection(phase) - 127));
    const auto m = hn::Mul(PhaseA(x.significand, phase), PhaseB(y.significand, phase));
    // A zero operand, or a product below the exponent range, counts as zero.
    const auto none = hn::Or(hn::Or(hn::Eq(x.exponent, I(0)), hn::Eq(y.exponent, I(0))), hn::Gt(I(1), e));
    return {hn::IfThenZeroElse(none, WithSign(m, hn::Xor(x.sign, y.sign))), hn::IfThenZeroElse(none, e)};
}

}  // namespace

void EltwiseAdd(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode& mode) {
    const Du32 d;
    const auto flip = hn::Set(d, mode.subtract ? 0x80000000u : 0u);
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const Term sum = Sum(hn::LoadU(d, a + i), hn::Xor(hn::LoadU(d, b + i), flip));
        const auto r = mode.accumulate ? Accumulate(hn::LoadU(d, dst + i), mode.dst_is_fp32, sum)
                                       : Finish(sum.value, sum.exponent, mode.dst_is_fp32);
        hn::StoreU(r, d, dst + i);
    }
}

void EltwiseMultiply(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode& mode) {
    const Du32 d;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const Datum x = Split(hn::LoadU(d, a + i)), y = Split(hn::LoadU(d, b + i));
        auto r = mode.dst_is_zero ? hn::Zero(d) : hn::LoadU(d, dst + i);
        for (uint32_t phase = 0; phase < mode.phases; ++phase) r = Accumulate(r, mode.dst_is_fp32, Product(x, y, phase));
        hn::StoreU(r, d, dst + i);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw {

HWY_EXPORT(EltwiseAdd);
HWY_EXPORT(EltwiseMultiply);

void eltwise_add(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode& mode) {
    HWY_DYNAMIC_DISPATCH(EltwiseAdd)(a, b, dst, count, mode);
}

void eltwise_multiply(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode& mode) {
    HWY_DYNAMIC_DISPATCH(EltwiseMultiply)(a, b, dst, count, mode);
}

}  // namespace tw
#endif
