#include "tile/reduce.h"

#include "tile/rearrange.h"

#include <algorithm>
#include <cstring>

namespace tw {
namespace {

constexpr TileShape kOneRow{.faces = 1, .face_rows = 1, .rows = 1, .cols = 16};
constexpr TileShape kTwoFaceRow{.faces = 2, .face_rows = 1, .rows = 1, .cols = 32};
constexpr TileShape kOneFace{.faces = 1, .face_rows = 16, .rows = 16, .cols = 16};
constexpr TileShape kTwoFacesDown{.faces = 2, .face_rows = 16, .rows = 32, .cols = 16};

const uint32_t* scaler_row(const ReduceOperand& scaler, uint32_t face) {
    return scaler.words + std::min<uint32_t>(face, scaler.shape.faces - 1u) * kFaceWords;
}

// Row sums are a product with the data in SrcB and the scaler in SrcA, here transposed so that the 16 rows of a face are
// computed side by side.
void sum_rows(const ReduceOperand& data, const ReduceOperand& scaler, uint32_t* dst, MatmulMode mode) {
    const uint32_t grid_cols = data.shape.face_grid_cols();
    mode.swapped = true;
    alignas(64) uint32_t vector[2 * kFaceWords] = {}, turned[2 * kFaceWords], sums[kFaceWords] = {};
    for (uint32_t c = 0; c < grid_cols; ++c) std::memcpy(vector + c * kFaceWords, scaler_row(scaler, c), kFaceCols * 4);
    for (uint32_t f = 0; f < data.shape.faces; f += grid_cols) {
        transpose_faces(data.words + f * kFaceWords, grid_cols, turned);
        uint32_t* face = dst + f * kFaceWords;
        for (uint32_t r = 0; r < kFaceRows; ++r) sums[r] = face[r * kFaceCols];
        matmul_exact(vector, grid_cols == 2 ? kTwoFaceRow : kOneRow, turned, grid_cols == 2 ? kTwoFacesDown : kOneFace,
                     sums, mode);
        for (uint32_t r = 0; r < data.shape.face_rows; ++r) face[r * kFaceCols] = sums[r];
    }
}

// One average-pool instruction: a row of the scaler times a face, all phases, added to a row of 16 sums.
void pool_face(const uint32_t* scaler, const uint32_t* face, uint32_t* sums, const MatmulMode& mode) {
    alignas(64) uint32_t vector[kFaceWords] = {}, out[kFaceWords] = {};
    std::memcpy(vector, scaler, kFaceCols * 4);
    std::memcpy(out, sums, kFaceCols * 4);
    matmul_exact(vector, kOneRow, face, kOneFace, out, mode);
    std::memcpy(sums, out, kFaceCols * 4);
}

// Sign-magnitude total order as that of unsigned integers, and back.
uint32_t order(uint32_t bits) {
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}
uint32_t unorder(uint32_t key) {
    return key >> 31 ? key & 0x7fffffffu : ~key;
}

// Max-pool honours the scaler's exponent only; denormals are zeros to it.
uint32_t scaled(uint32_t bits, int32_t exponent_shift) {
    const int32_t e = static_cast<int32_t>(bits >> 23 & 255u);
    if (e == 0) return bits & 0x80000000u;
    if (exponent_shift == 0) return bits;
    const int32_t moved = e + exponent_shift;
    if (moved <= 0) return bits & 0x80000000u;
    return (bits & 0x807fffffu) | static_cast<uint32_t>(std::min(moved, 255)) << 23;
}

}  // namespace

void reduce_sum(const ReduceOperand& data, const ReduceOperand& scaler, ReduceDimension dim, uint32_t* dst,
                const MatmulMode& mode, bool move_tf32) {
    const uint32_t grid_cols = data.shape.face_grid_cols();
    if (dim == ReduceDimension::Row) return sum_rows(data, scaler, dst, mode);
    if (dim == ReduceDimension::Col) {
        for (uint32_t f = 0; f < data.shape.faces; ++f) {
            pool_face(scaler_row(scaler, f), data.words + f * kFaceWords, dst + f % grid_cols * kFaceWords, mode);
        }
        return;
    }
    // Columns of all faces into one row; that row, turned into a column, pools into the result.
    alignas(64) uint32_t partial[kFaceCols] = {}, column[kFaceWords] = {}, result[kFaceCols] = {};
    for (uint32_t f = 0; f < data.shape.faces; ++f)
        pool_face(scaler_row(scaler, f), data.words + f * kFaceWords, partial, mode);
    const uint32_t keep = move_tf32 ? 0xffffe000u : 0xffff0000u;
    for (uint32_t k = 0; k < kFaceCols; ++k) column[k * kFaceCols] = partial[k] & keep;
    result[0] = dst[0];
    pool_face(scaler_row(scaler, data.shape.faces - 1u), column, result, mode);
    dst[0] = result[0];
}

uint64_t reduce_max(const ReduceOperand& data, const ReduceOperand& scaler, ReduceDimension dim, uint32_t* dst,
                    uint64_t valid) {
    const uint32_t grid_cols = data.shape.face_grid_cols();
    const uint32_t scaler_exponent = scaler.words[0] >> 23 & 255u;
    const int32_t shift = scaler_exponent == 0 ? 0 : static_cast<int32_t>(scaler_exponent) - 127;
    const auto held = [&](uint32_t row, uint32_t word) { return valid >> row & 1u ? order(dst[word] & 0xffffe000u) : 0u; };
    uint64_t written = 0;
    if (dim == ReduceDimension::Row) {
        for (uint32_t f = 0; f < data.shape.faces; f += grid_cols) {
            for (uint32_t r = 0; r < data.shape.face_rows; ++r) {
                const uint32_t row = f * kFaceRows + r, at = f * kFaceWords + r * kFaceCols;
                uint32_t best = held(row, at);
                for (uint32_t c = 0; c < grid_cols * kFaceCols; ++c) {
                    const uint32_t word = (f + c / kFaceCols) * kFaceWords + r * kFaceCols + c % kFaceCols;
                    best = std::max(best, order(scaled(data.words[word], shift)));
                }
                std::memset(dst + at, 0, kFaceCols * 4);
                dst[at] = unorder(best);
                written |= 1ull << row;
            }
        }
        return written;
    }
    uint32_t best[2][kFaceCols] = {};
    for (uint32_t f = 0; f < data.shape.faces; ++f) {
        for (uint32_t r = 0; r < data.shape.face_rows; ++r) {
            for (uint32_t c = 0; c < kFaceCols; ++c) {
                uint32_t& b = best[f % grid_cols][c];
                b = std::max(b, order(scaled(data.words[f * kFaceWords + r * kFaceCols + c], shift)));
            }
        }
    }
    if (dim == ReduceDimension::Col) {
        for (uint32_t g = 0; g < grid_cols; ++g) {
            for (uint32_t c = 0; c < kFaceCols; ++c) {
                const uint32_t word = g * kFaceWords + c;
                dst[word] = unorder(std::max(best[g][c], held(g * kFaceRows, word)));
            }
            written |= 1ull << (g * kFaceRows);
        }
        return written;
    }
    uint32_t top = held(0, 0);
    for (uint32_t g = 0; g < grid_cols; ++g) top = std::max(top, *std::max_element(best[g], best[g] + kFaceCols));
    std::memset(dst, 0, kFaceCols * 4);
    dst[0] = unorder(top);
    return 1;
}

}  // namespace tw
