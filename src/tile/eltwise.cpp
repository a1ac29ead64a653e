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
        return WithSign(RoundShift(v.significand, hn::Sub(exponent, v.exponent)), v.sign);
    };
    return {hn::Add(align(x), align(y)), exponent};
}

template <DstKind kind>
HWY_INLINE Term Product(const Datum& x, const Datum& y, uint32_t phase) {
    const auto e = hn::Add(hn::Add(x.exponent, y.exponent), I(PhaseCorrection(phase) - 127));
    const auto m = hn::Mul(PhaseA(x.significand, phase), PhaseB(y.significand, phase));
    // A zero operand, or a product below the exponent range, counts as zero.
    const auto none = hn::Or(hn::Or(hn::Eq(x.exponent, I(0)), hn::Eq(y.exponent, I(0))), hn::Gt(I(kNoNumber<kind> + 1), e));
    return {hn::IfThenZeroElse(none, WithSign(m, hn::Xor(x.sign, y.sign))), hn::IfThenZeroElse(none, e)};
}

template <DstKind kind, bool accumulate>
void Add(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, bool subtract) {
    const Du32 d;
    const auto flip = hn::Set(d, subtract ? 0x80000000u : 0u);
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const Term sum = Sum(hn::LoadU(d, a + i), hn::Xor(hn::LoadU(d, b + i), flip));
        if constexpr (accumulate) {
            hn::StoreU(Accumulate<kind>(hn::LoadU(d, dst + i), sum), d, dst + i);
        } else {
            hn::StoreU(Finish<kind>(sum.value, sum.exponent), d, dst + i);
        }
    }
}

template <DstKind kind, uint32_t kPhases>
void Multiply(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, bool dst_is_zero) {
    const Du32 d;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const Datum x = Split(hn::LoadU(d, a + i)), y = Split(hn::LoadU(d, b + i));
        const Term first = Product<kind>(x, y, 0);
        auto r = dst_is_zero ? Finish<kind>(first.value, first.exponent) : Accumulate<kind>(hn::LoadU(d, dst + i), first);
        TW_UNROLL
        for (uint32_t phase = 1; phase < kPhases; ++phase) r = Accumulate<kind>(r, Product<kind>(x, y, phase));
        hn::StoreU(r, d, dst + i);
    }
}

}  // namespace

void EltwiseAdd(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode& mode) {
    using enum DstKind;
    using Function = void (*)(const uint32_t*, const uint32_t*, uint32_t*, size_t, bool);
    static constexpr Function kFunctions[3][2] = {
        {Add<Bf16, false>, Add<Bf16, true>}, {Add<Fp16, false>, Add<Fp16, true>}, {Add<Fp32, false>, Add<Fp32, true>}};
    kFunctions[static_cast<int>(mode.dst)][mode.accumulate](a, b, dst, count, mode.subtract);
}

void EltwiseMultiply(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode& mode) {
    using enum DstKind;
    using Function = void (*)(const uint32_t*, const uint32_t*, uint32_t*, size_t, bool);
    static constexpr Function kFunctions[3][4] = {
        {Multiply<Bf16, 1>, Multiply<Bf16, 2>, Multiply<Bf16, 3>, Multiply<Bf16, 4>},
        {Multiply<Fp16, 1>, Multiply<Fp16, 2>, Multiply<Fp16, 3>, Multiply<Fp16, 4>},
        {Multiply<Fp32, 1>, Multiply<Fp32, 2>, Multiply<Fp32, 3>, Multiply<Fp32, 4>},
    };
    kFunctions[static_cast<int>(mode.dst)][mode.phases - 1](a, b, dst, count, mode.dst_is_zero);
}

void MoveFloats(const uint32_t* in, uint32_t* out, size_t count) {
    const Du32 d;
    const auto exponent = hn::Set(d, 0x7f800000u);
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto v = hn::LoadU(d, in + i), e = hn::And(v, exponent);
        const auto moved = hn::IfThenElse(hn::Eq(e, exponent), hn::And(v, hn::Set(d, 0xff800000u)), v);
        hn::StoreU(hn::IfThenZeroElse(hn::Eq(e, hn::Zero(d)), moved), d, out + i);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw {

HWY_EXPORT(EltwiseAdd);
HWY_EXPORT(EltwiseMultiply);
HWY_EXPORT(MoveFloats);

void move_floats(const uint32_t* in, uint32_t* out, size_t count) {
    HWY_DYNAMIC_DISPATCH(MoveFloats)(in, out, count);
}

void eltwise_add(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode& mode) {
    HWY_DYNAMIC_DISPATCH(EltwiseAdd)(a, b, dst, count, mode);
}

void eltwise_multiply(const uint32_t* a, const uint32_t* b, uint32_t* dst, size_t count, const EltwiseMode& mode) {
    HWY_DYNAMIC_DISPATCH(EltwiseMultiply)(a, b, dst, count, mode);
}

}  // namespace tw
#endif
