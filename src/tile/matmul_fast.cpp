#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/matmul_fast.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile/matmul.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Du32 = hn::CappedTag<uint32_t, 16>;
using Df32 = hn::RebindToFloat<Du32>;

// Keeps the masked bits of each datum; an exponent field of 0 is zero to the matrix unit. With `rest`, also what was cut
// off.
void Mask(const uint32_t* in, size_t count, uint32_t keep, float* out, float* rest) {
    const Du32 d;
    const Df32 df;
    const auto mask = hn::Set(d, keep);
    const auto exponent = hn::Set(d, 0x7f800000u);
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        auto v = hn::LoadU(d, in + i);
        v = hn::IfThenZeroElse(hn::Eq(hn::And(v, exponent), hn::Zero(d)), v);
        const auto kept = hn::BitCast(df, hn::And(v, mask));
        hn::StoreU(kept, df, out + i);
        if (rest) hn::StoreU(hn::Sub(hn::BitCast(df, v), kept), df, rest + i);
    }
}

// R rows of in0 by one or two faces of in1 next to each other, over all of in0's columns.
template <size_t R, size_t kFacesWide>
HWY_INLINE void Block(const float* const* a_faces, const float* const* b_faces, size_t inner_faces, size_t row,
                      float* const* out) {
    const Df32 d;
    constexpr size_t lanes = hn::MaxLanes(Df32());
    constexpr size_t kMaxVectors = kFacesWide * 16 / lanes;
    hn::Vec<Df32> acc[R][kMaxVectors];
    TW_UNROLL
    for (size_t r = 0; r < R; ++r) {
        TW_UNROLL
        for (size_t v = 0; v < kMaxVectors; ++v)
            acc[r][v] = hn::LoadU(d, out[v * lanes / 16] + (row + r) * 16 + v * lanes % 16);
    }
    for (size_t f = 0; f < inner_faces; ++f) {
        const float* a = a_faces[f] + row * 16;
        for (size_t k = 0; k < 16; ++k) {
            hn::Vec<Df32> b[kMaxVectors];
            TW_UNROLL
            for (size_t v = 0; v < kMaxVectors; ++v) {
                b[v] = hn::LoadU(d, b_faces[f * kFacesWide + v * lanes / 16] + k * 16 + v * lanes % 16);
            }
            TW_UNROLL
            for (size_t r = 0; r < R; ++r) {
                const auto x = hn::Set(d, a[r * 16 + k]);
                TW_UNROLL
                for (size_t v = 0; v < kMaxVectors; ++v) acc[r][v] = hn::MulAdd(x, b[v], acc[r][v]);
            }
        }
    }
    TW_UNROLL
    for (size_t r = 0; r < R; ++r) {
        TW_UNROLL
        for (size_t v = 0; v < kMaxVectors; ++v)
            hn::StoreU(acc[r][v], d, out[v * lanes / 16] + (row + r) * 16 + v * lanes % 16);
    }
}

template <size_t kFacesWide>
void Rows(const float* const* a_faces, const float* const* b_faces, size_t inner_faces, size_t rows, float* const* out) {
    constexpr size_t kRows = hn::MaxLanes(Df32()) == 16 ? 8 : hn::MaxLanes(Df32()) >= 4 ? 4 : 1;
    size_t row = 0;
    for (; row + kRows <= rows; row += kRows) Block<kRows, kFacesWide>(a_faces, b_faces, inner_faces, row, out);
    for (; row < rows; ++row) Block<1, kFacesWide>(a_faces, b_faces, inner_faces, row, out);
}

void Product(const float* a, const TileShape& shape0, const float* b, const TileShape& shape1, float* out) {
    const size_t inner = shape0.face_grid_cols(), wide = shape1.face_grid_cols();
    for (size_t m = 0; m < shape0.face_grid_rows(); ++m) {
        const float* a_faces[2] = {a + m * inner * kFaceWords, a + (m * inner + inner - 1) * kFaceWords};
        if (wide == 2 && hn::MaxLanes(Df32()) == 16) {
            const float* b_faces[4] = {b, b + kFaceWords, b + 2 * kFaceWords, b + 3 * kFaceWords};
            float* out_faces[2] = {out + m * 2 * kFaceWords, out + (m * 2 + 1) * kFaceWords};
            Rows<2>(a_faces, b_faces, inner, shape0.face_rows, out_faces);
        } else {
            for (size_t n = 0; n < wide; ++n) {
                const float* b_faces[2] = {b + n * kFaceWords, b + (wide * (inner - 1) + n) * kFaceWords};
                float* out_faces[1] = {out + (m * wide + n) * kFaceWords};
                Rows<1>(a_faces, b_faces, inner, shape0.face_rows, out_faces);
            }
        }
    }
}

// Half away from zero, as the matrix unit rounds into a 16-bit DST; results below the normals and -0 are +0.
void RoundToBf16(uint32_t* words, size_t count) {
    const Du32 d;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto v = hn::LoadU(d, words + i);
        const auto rounded = hn::And(hn::Add(v, hn::Set(d, 0x8000u)), hn::Set(d, 0xffff0000u));
        const auto small = hn::Lt(hn::And(rounded, hn::Set(d, 0x7fffffffu)), hn::Set(d, 0x00800000u));
        hn::StoreU(hn::IfThenZeroElse(small, rounded), d, words + i);
    }
}

// The same into float16, where too large numbers saturate.
void RoundToFp16(uint32_t* words, size_t count) {
    const Du32 d;
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto v = hn::LoadU(d, words + i);
        const auto sign = hn::And(v, hn::Set(d, 0x80000000u));
        const auto magnitude = hn::And(hn::Add(hn::Xor(v, sign), hn::Set(d, 0x1000u)), hn::Set(d, 0xffffe000u));
        const auto small = hn::Lt(magnitude, hn::Set(d, (kFp16ExponentBias + 1) << 23));
        hn::StoreU(hn::IfThenZeroElse(small, hn::Or(sign, hn::Min(magnitude, hn::Set(d, kFp16Largest)))), d, words + i);
    }
}

}  // namespace

void MatmulFast(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
                const MatmulMode& mode) {
    // Bits of a significand with 10 mantissa bits that each side contributes (docs/hardware.md 2.2).
    constexpr uint32_t kTop7 = 0xfffe0000u, kTop5 = 0xfff80000u, kTop10 = 0xffffc000u, kAll = 0xffffffffu;
    alignas(64) float a[kTileWords] = {}, b[kTileWords] = {}, a_rest[kTileWords];
    auto* out = reinterpret_cast<float*>(dst);
    const size_t count0 = shape0.faces * kFaceWords, count1 = shape1.faces * kFaceWords;
    Mask(in0, count0, mode.phases == 4 ? kAll : kTop7, a, mode.phases == 3 ? a_rest : nullptr);
    Mask(in1, count1, mode.phases == 1 ? kTop5 : kTop10, b, nullptr);
    Product(a, shape0, b, shape1, out);
    if (mode.phases == 3) {
        Mask(in1, count1, kTop5, b, nullptr);
        Product(a_rest, shape0, b, shape1, out);
    }
    const size_t words = size_t{shape0.face_grid_rows()} * shape1.face_grid_cols() * kFaceWords;
    if (mode.dst == DstKind::Bf16) RoundToBf16(dst, words);
    if (mode.dst == DstKind::Fp16) RoundToFp16(dst, words);
}

}  // namespace HWY_NAMESPACE
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw {

HWY_EXPORT(MatmulFast);

void matmul_fast(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
                 const MatmulMode& mode) {
    HWY_DYNAMIC_DISPATCH(MatmulFast)(in0, shape0, in1, shape1, dst, mode);
}

}  // namespace tw
#endif
