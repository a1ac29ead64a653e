// Functions that move or combine single rows of tiles.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tile/sfpu/rows.cpp"
#include "tile/simd.h"
#include "hwy/foreach_target.h"
#include "tile/sfpu/map-inl.h"
#include "tile/sfpu/vocabulary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tw {
namespace sfpu {
namespace HWY_NAMESPACE {

// The left half of a row; the right half is a face further.
HWY_INLINE uint32_t RowAt(uint32_t row) {
    return row / 16 * 2 * kFaceWords + row % 16 * kFaceCols;
}
HWY_INLINE Vf LoadRow(const uint32_t* words, uint32_t row, uint32_t half) {
    return Load(words, RowAt(row) + half);
}
// Calls f(offset within a row) for each vector of a row.
template <class Function>
HWY_INLINE void EachPart(Function f) {
    for (uint32_t face = 0; face < 2; ++face) {
        for (uint32_t i = 0; i < kFaceCols; i += hn::Lanes(Du())) f(face * kFaceWords + i);
    }
}

// The first four rows of a and b.
void RunAddTopRows(const SfpuCall& c) {
    for (uint32_t row = 0; row < 4; ++row) {
        EachPart([&](uint32_t i) HWY_ATTR {
            StoreWords<Store::Truncate>(hn::Add(LoadRow(c.a, row, i), LoadRow(c.b, row, i)), c.dst_is_fp32,
                                        c.out + RowAt(row) + i);
        });
    }
}
void RunAddTopRowsInt(const SfpuCall& c) {
    for (uint32_t row = 0; row < 4; ++row) {
        EachPart([&](uint32_t i) HWY_ATTR {
            const size_t at = RowAt(row) + i;
            hn::StoreU(hn::Add(hn::LoadU(Du(), c.a + at), hn::LoadU(Du(), c.b + at)), Du(), c.out + at);
        });
    }
}

// Running products of the eight vectors of a face: of each lane, which holds a column's every fourth row, one parity of
// columns after the other (docs/hardware.md 2.6). A ninth step, as upstream has it, takes in the next face's first vector;
// that face begins anew from what is left there.
void RunLaneProducts(const SfpuCall& c) {
    for (uint32_t face = 0; face < kTileFaces; ++face) {
        if (!(c.faces >> face & 1u)) continue;
        float product[4][8];
        for (auto& row : product) {
            for (float& p : row) p = 1.0f;
        }
        const uint32_t steps = face + 1 < kTileFaces ? 9 : 8;
        for (uint32_t step = 0; step < steps; ++step) {
            for (uint32_t lane = 0; lane < 32; ++lane) {
                float& p = product[lane / 8][lane % 8];
                const uint32_t at = face * kFaceWords + (step / 2 * 4 + lane / 8) * kFaceCols + lane % 8 * 2 + step % 2;
                p *= hn::GetLane(FromBits(c.out[at]));
                alignas(64) uint32_t stored[16];
                StoreWords<Store::Truncate>(F(p), c.dst_is_fp32, stored);
                c.out[at] = stored[0];
            }
        }
    }
}

// b[index of i] += a[i]; the indices are bytes in L1, those above 31 leave a row out.
void RunScatterRows(const SfpuCall& c) {
    for (uint32_t row = 0; row < 32; ++row) {
        const uint32_t to = c.l1[row];
        if (to >= 32) continue;
        EachPart([&](uint32_t i) HWY_ATTR {
            StoreWords<Store::Truncate>(hn::Add(LoadRow(c.a, row, i), LoadRow(c.out, to, i)), c.dst_is_fp32,
                                        c.out + RowAt(to) + i);
        });
    }
}

// Solves L X = a for a unit lower triangle that lies in L1, in float32 (p0: 0) or bf16 (1), negated if p1.
void RunTriangleSolve(const SfpuCall& c) {
    alignas(64) float x[32][32];
    for (uint32_t row = 0; row < 32; ++row) {
        for (uint32_t col = 0; col < 32; col += hn::Lanes(Df())) {
            const uint32_t half = col / 16 * kFaceWords + col % 16;
            auto v = LoadRow(c.a, row, half);
            for (uint32_t k = 0; k < row; ++k) {
                const uint32_t at = RowAt(row) + k / 16 * kFaceWords + k % 16;
                uint32_t word = 0;
                if (c.p0) {
                    __builtin_memcpy(reinterpret_cast<uint8_t*>(&word) + 2, c.l1 + at * 2, 2);
                } else {
                    __builtin_memcpy(&word, c.l1 + at * 4, 4);
                }
                v = hn::MulAdd(FromBits(c.p1 ? word : word ^ 0x80000000u), hn::LoadU(Df(), x[k] + col), v);
            }
            hn::StoreU(v, Df(), x[row] + col);
        }
    }
    for (uint32_t row = 0; row < 32; ++row) {
        EachPart([&](uint32_t i) HWY_ATTR {
            const auto v = hn::LoadU(Df(), x[row] + (i >= kFaceWords ? 16 + i - kFaceWords : i));
            StoreWords<Store::Truncate>(v, c.dst_is_fp32, c.out + RowAt(row) + i);
        });
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace sfpu
}  // namespace tw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tw::sfpu {

TW_SFPU_EXPORT(add_top_rows, RunAddTopRows)
TW_SFPU_EXPORT(add_top_rows_int, RunAddTopRowsInt)
TW_SFPU_EXPORT(lane_products, RunLaneProducts)
TW_SFPU_EXPORT(scatter_rows, RunScatterRows)
TW_SFPU_EXPORT(triangle_solve, RunTriangleSolve)

}  // namespace tw::sfpu
#endif
