// The matrix unit step by step (hardware.md 2.3): 16 products at a time in two groups of eight, each aligned to its largest
// exponent and summed as integers, then both added to DST and rounded there. The order is that of the hardware: a fidelity
// phase covers the tile before the next one begins, and within a phase an output row sees k = 0..15, then 16..31.
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

template <DstKind kind>
void Matmul(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
            const MatmulMode& mode) {
    const Du32 d;
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
