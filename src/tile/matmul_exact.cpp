// The matrix unit step by step (docs/hardware.md 2.3): 16 products at a time in two groups of eight, each aligned to its
// largest exponent and summed as integers, then both added to DST and rounded there. The order is that of the hardware: a
// fidelity phase covers the tile before the next one begins, and within a phase an output row sees k = 0..15, then 16..31.
//
// A product has 12 bits, and its alignment rounds it to a multiple of the group's unit, half away from zero. A fused
// multiply-add does all of that in one instruction: onto 1.5 * 2^23 units, where a float's last place is one unit, it
// rounds to a whole number of them. That is to nearest even; but with one operand made larger by 2^-13 of itself no product
// lies half way any more: those that did are rounded away from zero, and no other one reaches the middle (a product of m
// units / 2^d, m < 2^12, grows by less than 2^-d units, and by less than half a one). The sum of the group then stands in
// the accumulator's low bits. Operands of the binade of exponent 255, and products beyond what that accumulator can hold,
// take the way of integers.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/matmul_exact.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile/fpu-inl.h"
#include "tile/matmul.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace {

using namespace fpu;

// A zero operand's exponent: low enough that its products never count, high enough not to wrap.
constexpr int32_t kNoExponent = -4096;

// One operand in one phase, as the adder wants it: magnitude, exponent, sign mask.
struct Parts {
    alignas(64) int32_t magnitude[kTileWords];
    alignas(64) int32_t exponent[kTileWords];
    alignas(64) int32_t sign[kTileWords];
};

template <class Select>
void SplitAll(const uint32_t* words, size_t count, Select select, Parts& out) {
    const Di32 d;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const Datum x = Split(hn::LoadU(Du32(), words + i));
        hn::Store(select(x.significand), d, out.magnitude + i);
        hn::Store(hn::IfThenElse(hn::Eq(x.exponent, I(0)), I(kNoExponent), x.exponent), d, out.exponent + i);
        hn::Store(x.sign, d, out.sign + i);
    }
}

// Eight products of one row of SrcB with eight rows of SrcA's face, `v` lanes of its columns.
template <DstKind kind>
HWY_INLINE Term Group(const Parts& a, size_t a_at, const Parts& b, size_t b_at, int32_t correction) {
    const Di32 d;
    auto exponent = I(kNoExponent);
    TW_UNROLL
    for (size_t k = 0; k < 8; ++k) {
        exponent = hn::Max(exponent, hn::Add(hn::Load(d, a.exponent + a_at + k * 16), I(b.exponent[b_at + k])));
    }
    auto total = I(0);
    TW_UNROLL
    for (size_t k = 0; k < 8; ++k) {
        const auto e = hn::Add(hn::Load(d, a.exponent + a_at + k * 16), I(b.exponent[b_at + k]));
        const auto m = hn::Mul(hn::Load(d, a.magnitude + a_at + k * 16), I(b.magnitude[b_at + k]));
        const auto shift = hn::Min(hn::Sub(exponent, e), I(30));
        const auto sign = hn::Xor(hn::Load(d, a.sign + a_at + k * 16), I(b.sign[b_at + k]));
        total = hn::Add(total, WithSign(RoundShift(m, shift), sign));
    }
    exponent = hn::Add(exponent, I(correction - 127));
    const auto none = hn::Gt(I(kNoNumber<kind> + 1), exponent);
    return {hn::IfThenZeroElse(none, total), hn::IfThenZeroElse(none, exponent)};
}

#if HWY_NATIVE_FMA
// What one side contributes to a phase, as a float; an exponent field of 0 is zero. The other side's lower bits count in
// phases 2 and 3.
HWY_INLINE Vu32 FloatPart(Vu32 v, bool as_a, uint32_t phase) {
    const Du32 d;
    const Df32 df;
    const auto number = hn::IfThenZeroElse(hn::Eq(hn::And(v, hn::Set(d, 0x7f800000u)), hn::Zero(d)), v);
    const auto upper = hn::And(number, hn::Set(d, as_a ? 0xfff80000u : 0xfffe0000u));
    if (!(phase & (as_a ? 1u : 2u))) return upper;
    const auto all = hn::And(number, hn::Set(d, as_a ? 0xffffc000u : 0xffffe000u));
    return hn::BitCast(d, hn::Sub(hn::BitCast(df, all), hn::BitCast(df, upper)));
}

// Both operands as the fused way wants them. Exponents have kBoth / 2 added unless they are zero, so that a sum of two
// tells whether both are numbers, and come in halves of words, where one addition adds two: those of in1's left and right
// face side by side, those of in0 twice the same.
constexpr uint32_t kBoth = 2048;
struct FloatOperands {
    alignas(64) float a[kTileWords], b[kTileWords];
    alignas(64) uint32_t a_exponents[2 * kFaceWords], b_exponents[kTileWords];
};

// False if an exponent is out of the fused way's range.
bool PrepareExponents(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1,
                      FloatOperands& o) {
    const Du32 d;
    auto largest0 = hn::Zero(d), largest1 = hn::Zero(d);
    const auto tagged = [&](Vu32 v, Vu32& largest) HWY_ATTR {
        const auto e = hn::And(hn::ShiftRight<23>(v), hn::Set(d, 255u));
        largest = hn::Max(largest, e);
        return hn::IfThenZeroElse(hn::Eq(e, hn::Zero(d)), hn::Add(e, hn::Set(d, kBoth / 2)));
    };
    for (size_t i = 0; i < shape0.faces * kFaceWords; i += hn::Lanes(d)) {
        const auto e = tagged(hn::LoadU(d, in0 + i), largest0);
        hn::Store(hn::Or(e, hn::ShiftLeft<16>(e)), d, o.b_exponents + i);
    }
    const size_t wide = shape1.face_grid_cols();
    for (size_t f = 0; f < shape1.face_grid_rows(); ++f) {
        for (size_t i = 0; i < kFaceWords; i += hn::Lanes(d)) {
            auto e = tagged(hn::LoadU(d, in1 + f * wide * kFaceWords + i), largest1);
            if (wide == 2) {
                const auto right = tagged(hn::LoadU(d, in1 + (f * wide + 1) * kFaceWords + i), largest1);
                e = hn::Or(e, hn::ShiftLeft<16>(right));
            }
            hn::Store(e, d, o.a_exponents + f * kFaceWords + i);
        }
    }
    const uint32_t top0 = hn::GetLane(hn::MaxOfLanes(d, largest0)), top1 = hn::GetLane(hn::MaxOfLanes(d, largest1));
    return top0 < 255 && top1 < 255 && top0 + top1 <= 368;
}

// kRows rows of one face row of in0, from `row` on, times 16 rows of in1 (face f of `inner`).
template <DstKind kind, size_t kRows>
HWY_INLINE void FusedRows(const FloatOperands& o, size_t m, size_t f, size_t inner, size_t wide, size_t row,
                          int32_t correction, uint32_t* dst) {
    const Du32 d;
    const Df32 df;
    const hn::Repartition<uint16_t, Du32> d16;
    const size_t b_at = (m * inner + f) * kFaceWords + row * kFaceCols;
    for (size_t c = 0; c < kFaceCols; c += hn::Lanes(d)) {
        Vu32 largest[2][kRows];
        for (size_t g = 0; g < 2; ++g) {
            TW_UNROLL
            for (size_t r = 0; r < kRows; ++r) largest[g][r] = hn::Zero(d);
            TW_UNROLL
            for (size_t k = g * 8; k < g * 8 + 8; ++k) {
                const auto x = hn::Load(d, o.a_exponents + f * kFaceWords + k * kFaceCols + c);
                TW_UNROLL
                for (size_t r = 0; r < kRows; ++r) {
                    const auto sum = hn::Add(x, hn::Set(d, o.b_exponents[b_at + r * kFaceCols + k]));
                    largest[g][r] = hn::BitCast(d, hn::Max(hn::BitCast(d16, largest[g][r]), hn::BitCast(d16, sum)));
                }
            }
        }
        for (size_t n = 0; n < wide; ++n) {
            const float* a = o.a + (f * wide + n) * kFaceWords + c;
            Term terms[2][kRows];
            TW_UNROLL
            for (size_t g = 0; g < 2; ++g) {
                hn::Vec<Df32> sum[kRows];
                Vi32 exponent[kRows];
                TW_UNROLL
                for (size_t r = 0; r < kRows; ++r) {
                    const auto both =
                        n == 0 ? hn::And(largest[g][r], hn::Set(d, 0xffffu)) : hn::ShiftRight<16>(largest[g][r]);
                    exponent[r] = hn::Add(AsInt(both), I(correction - static_cast<int32_t>(kBoth)));
                    // 1.5 * 2^23 units of 2^(exponent - 127 - 127 - 10)
                    const auto unit = hn::ShiftLeft<23>(AsBits(hn::Sub(exponent[r], I(264 - 127 - 23))));
                    sum[r] = hn::BitCast(df, hn::Or(unit, hn::Set(d, 0x400000u)));
                }
                TW_UNROLL
                for (size_t k = g * 8; k < g * 8 + 8; ++k) {
                    const auto x = hn::Load(df, a + k * kFaceCols);
                    TW_UNROLL
                    for (size_t r = 0; r < kRows; ++r)
                        sum[r] = hn::MulAdd(x, hn::Set(df, o.b[b_at + r * kFaceCols + k]), sum[r]);
                }
                TW_UNROLL
                for (size_t r = 0; r < kRows; ++r) {
                    const auto units = hn::Sub(AsInt(hn::And(hn::BitCast(d, sum[r]), hn::Set(d, 0x7fffffu))), I(0x400000));
                    const auto e = hn::Sub(exponent[r], I(127));
                    const auto none = hn::Gt(I(kNoNumber<kind> + 1), e);
                    terms[g][r] = {hn::IfThenZeroElse(none, units), hn::IfThenZeroElse(none, e)};
                }
            }
            uint32_t* out = dst + (m * wide + n) * kFaceWords + row * kFaceCols + c;
            TW_UNROLL
            for (size_t r = 0; r < kRows; ++r) {
                uint32_t* at = out + r * kFaceCols;
                hn::StoreU(Accumulate<kind>(hn::LoadU(d, at), terms[0][r], terms[1][r]), d, at);
            }
        }
    }
}

template <DstKind kind>
bool MatmulFused(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
                 const MatmulMode& mode) {
    const Du32 d;
    const Df32 df;
    FloatOperands o;
    if (!PrepareExponents(in0, shape0, in1, shape1, o)) return false;
    const size_t inner = shape0.face_grid_cols(), wide = shape1.face_grid_cols(), rows = shape0.face_rows;
    const auto larger = hn::Set(df, 1.0f + 1.0f / 8192);
    for (uint32_t phase = 0; phase < mode.phases; ++phase) {
        for (size_t i = 0; i < shape1.faces * kFaceWords; i += hn::Lanes(d)) {
            hn::Store(hn::BitCast(df, FloatPart(hn::LoadU(d, in1 + i), !mode.swapped, phase)), df, o.a + i);
        }
        for (size_t i = 0; i < shape0.faces * kFaceWords; i += hn::Lanes(d)) {
            const auto part = hn::BitCast(df, FloatPart(hn::LoadU(d, in0 + i), mode.swapped, phase));
            hn::Store(hn::Mul(part, larger), df, o.b + i);
        }
        const int32_t correction = PhaseCorrection(phase);
        for (size_t m = 0; m < shape0.face_grid_rows(); ++m) {
            for (size_t f = 0; f < inner; ++f) {
                size_t row = 0;
                for (; row + 4 <= rows; row += 4) FusedRows<kind, 4>(o, m, f, inner, wide, row, correction, dst);
                for (; row < rows; ++row) FusedRows<kind, 1>(o, m, f, inner, wide, row, correction, dst);
            }
        }
    }
    return true;
}
#endif

template <DstKind kind>
void Matmul(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
            const MatmulMode& mode) {
    const Du32 d;
#if HWY_NATIVE_FMA
    if (MatmulFused<kind>(in0, shape0, in1, shape1, dst, mode)) return;
#endif
    const size_t inner = shape0.face_grid_cols(), wide = shape1.face_grid_cols();
    Parts a, b;
    for (uint32_t phase = 0; phase < mode.phases; ++phase) {
        const auto as_a = [&](Vi32 s) HWY_ATTR { return PhaseA(s, phase); };
        const auto as_b = [&](Vi32 s) HWY_ATTR { return PhaseB(s, phase); };
        if (mode.swapped) {
            SplitAll(in1, shape1.faces * kFaceWords, as_b, a);
            SplitAll(in0, shape0.faces * kFaceWords, as_a, b);
        } else {
            SplitAll(in1, shape1.faces * kFaceWords, as_a, a);
            SplitAll(in0, shape0.faces * kFaceWords, as_b, b);
        }
        const int32_t correction = PhaseCorrection(phase);
        for (size_t m = 0; m < shape0.face_grid_rows(); ++m) {
            for (size_t n = 0; n < wide; ++n) {
                for (size_t f = 0; f < inner; ++f) {
                    const size_t b_face = (m * inner + f) * kFaceWords, a_face = (f * wide + n) * kFaceWords;
                    for (size_t row = 0; row < shape0.face_rows; ++row) {
                        const size_t b_at = b_face + row * 16;
                        uint32_t* out = dst + (m * wide + n) * kFaceWords + row * 16;
                        for (size_t c = 0; c < 16; c += hn::Lanes(d)) {
                            const Term low = Group<kind>(a, a_face + c, b, b_at, correction);
                            const Term high = Group<kind>(a, a_face + 8 * 16 + c, b, b_at + 8, correction);
                            hn::StoreU(Accumulate<kind>(hn::LoadU(d, out + c), low, high), d, out + c);
                        }
                    }
                }
            }
        }
    }
}

}  // namespace

void MatmulExact(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
                 const MatmulMode& mode) {
    const auto matmul = mode.dst == DstKind::Fp32   ? Matmul<DstKind::Fp32>
                        : mode.dst == DstKind::Fp16 ? Matmul<DstKind::Fp16>
                                                    : Matmul<DstKind::Bf16>;
    matmul(in0, shape0, in1, shape1, dst, mode);
}

}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw {

HWY_EXPORT(MatmulExact);

void matmul_exact(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
                  const MatmulMode& mode) {
    HWY_DYNAMIC_DISPATCH(MatmulExact)(in0, shape0, in1, shape1, dst, mode);
}

}  // namespace tw
#endif
