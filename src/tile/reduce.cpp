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

// The row of DST through which a reduction of both dimensions goes; it is cleared afterwards.
constexpr uint32_t kScratchRow = 4;

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

// What the max-pool instruction compares: sign, 9 bits of exponent, 10 of mantissa, as one integer. A scaler counts by its
// exponent only, which is added to that of the datum; so exponents here are 127 more than they look.
constexpr int32_t kScaledOut = -(511 << 10 | 1023);   // by a scaler of zero: below all else
constexpr int32_t kInvalidRow = -(382 << 10 | 1023);  // what a row of DST reads as that holds nothing

int32_t key_of_dst(uint32_t bits) {
    const auto magnitude = static_cast<int32_t>(((bits >> 23 & 255u) + 127u) << 10 | (bits >> 13 & 1023u));
    return bits >> 31 ? -magnitude : magnitude;
}
int32_t key_of_datum(uint32_t bits, uint32_t scaler_exponent) {
    if (scaler_exponent == 0) return kScaledOut;
    const uint32_t exponent = bits >> 23 & 255u;
    if (exponent == 0) return 0;  // denormals are zeros to it
    const auto magnitude = static_cast<int32_t>((exponent + scaler_exponent) << 10 | (bits >> 13 & 1023u));
    return bits >> 31 ? -magnitude : magnitude;
}
// A scaler other than 1 can carry the exponent out of its 8 bits.
uint32_t word_of(int32_t key) {
    const auto magnitude = static_cast<uint32_t>(key < 0 ? -key : key);
    if (magnitude >> 10 == 0) return 0;
    return (key < 0 ? 0x80000000u : 0u) | (((magnitude >> 10) - 127u) & 255u) << 23 | (magnitude & 1023u) << 13;
}

// One max-pool instruction: best[c] = max(best[c], column c of the source), row i of which has element i of the scaler's
// row. The source is a face, or with `turned` a transposed one; `live` of its rows and columns along the tile's height hold
// data, the others lose.
struct Maxima {
    int32_t best[kFaceCols];

    static Maxima held(const uint32_t* row, bool valid) {
        Maxima m;
        for (uint32_t c = 0; c < kFaceCols; ++c) m.best[c] = valid ? key_of_dst(row[c]) : kInvalidRow;
        return m;
    }
    void pool(const uint32_t* face, const uint32_t* scaler, bool turned, uint32_t live = kFaceRows) {
        for (uint32_t r = 0; r < live; ++r) {
            for (uint32_t c = 0; c < kFaceCols; ++c) {
                const int32_t key = key_of_datum(face[r * kFaceCols + c], scaler[turned ? c : r] >> 23 & 255u);
                int32_t& b = best[turned ? r : c];
                b = std::max(b, key);
            }
        }
    }
    void store(uint32_t* row) const {
        for (uint32_t c = 0; c < kFaceCols; ++c) row[c] = word_of(best[c]);
    }
};

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
    // Columns of all faces into one row, which starts with what row 4 holds; that row, turned into a column, pools into the
    // result.
    alignas(64) uint32_t column[kFaceWords] = {}, result[kFaceCols] = {};
    uint32_t* partial = dst + kScratchRow * kFaceCols;
    for (uint32_t f = 0; f < data.shape.faces; ++f)
        pool_face(scaler_row(scaler, f), data.words + f * kFaceWords, partial, mode);
    const uint32_t keep = move_tf32 ? 0xffffe000u : 0xffff0000u;
    for (uint32_t k = 0; k < kFaceCols; ++k) column[k * kFaceCols] = partial[k] & keep;
    std::memset(partial, 0, kFaceCols * 4);
    result[0] = dst[0];
    pool_face(scaler_row(scaler, data.shape.faces - 1u), column, result, mode);
    dst[0] = result[0];
}

void reduce_max(const ReduceOperand& data, const ReduceOperand& scaler, ReduceDimension dim, uint32_t* dst,
                uint64_t& invalid, bool move_tf32) {
    const uint32_t grid_cols = data.shape.face_grid_cols();
    const uint32_t keep = move_tf32 ? 0xffffe000u : 0xffff0000u;
    const auto held = [&](uint32_t row) { return Maxima::held(dst + row * kFaceCols, (invalid >> row & 1u) == 0); };
    // The instruction writes four rows, the last three with zeros.
    const auto store = [&](const Maxima& m, uint32_t row) {
        m.store(dst + row * kFaceCols);
        std::memset(dst + (row + 1) * kFaceCols, 0, 3 * kFaceCols * 4);
        invalid &= ~(0xfull << row);
    };
    if (dim == ReduceDimension::Row) {
        for (uint32_t f = 0; f < data.shape.faces; f += grid_cols) {
            uint32_t* face = dst + f * kFaceWords;
            Maxima m = held(f * kFaceRows);
            for (uint32_t c = f; c < f + grid_cols; ++c)
                m.pool(data.words + c * kFaceWords, scaler_row(scaler, c), true, data.shape.face_rows);
            // The row of maxima goes by way of SrcB and comes back turned into a column, and as a row on top of that.
            uint32_t row[kFaceCols];
            m.store(row);
            for (uint32_t& word : row) word &= keep;
            std::memset(face, 0, kFaceWords * 4);
            for (uint32_t r = 1; r < kFaceRows; ++r) face[r * kFaceCols] = row[r];
            std::memcpy(face, row, sizeof row);
            invalid &= ~(0xffffull << (f * kFaceRows));
        }
        return;
    }
    if (dim == ReduceDimension::Col) {
        for (uint32_t g = 0; g < grid_cols; ++g) {
            Maxima m = held(g * kFaceRows);
            for (uint32_t f = g; f < data.shape.faces; f += grid_cols)
                m.pool(data.words + f * kFaceWords, scaler_row(scaler, f), false, data.shape.face_rows);
            store(m, g * kFaceRows);
        }
        return;
    }
    // Columns of all faces into row 4, next to what it holds; that row, turned into a column, into row 0.
    Maxima m = held(kScratchRow);
    for (uint32_t f = 0; f < data.shape.faces; ++f)
        m.pool(data.words + f * kFaceWords, scaler_row(scaler, f), false, data.shape.face_rows);
    store(m, kScratchRow);
    alignas(64) uint32_t column[kFaceWords] = {};
    for (uint32_t k = 0; k < kFaceCols; ++k) column[k * kFaceCols] = dst[kScratchRow * kFaceCols + k] & keep;
    Maxima result = held(0);
    result.pool(column, scaler_row(scaler, data.shape.faces - 1u), false);
    store(result, 0);
    invalid |= 1ull << kScratchRow;
}

}  // namespace tw
