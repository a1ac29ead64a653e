#include "tile/rearrange.h"

#include <algorithm>
#include <cstring>

namespace tw {

static void transpose_face(const uint32_t* in, uint32_t* out) {
    for (uint32_t r = 0; r < kFaceRows; ++r) {
        for (uint32_t c = 0; c < kFaceCols; ++c) out[r * kFaceCols + c] = in[c * kFaceCols + r];
    }
}

void transpose_faces(const uint32_t* in, uint32_t faces, uint32_t* out) {
    for (uint32_t f = 0; f < faces; ++f) transpose_face(in + f * kFaceWords, out + f * kFaceWords);
}

TileShape transpose_tile(const uint32_t* in, const TileShape& shape, uint32_t* out) {
    const uint32_t grid_rows = shape.face_grid_rows(), grid_cols = shape.face_grid_cols();
    for (uint32_t r = 0; r < grid_rows; ++r) {
        for (uint32_t c = 0; c < grid_cols; ++c) {
            transpose_face(in + (r * grid_cols + c) * kFaceWords, out + (c * grid_rows + r) * kFaceWords);
        }
    }
    return {.faces = shape.faces, .face_rows = 16, .rows = shape.cols, .cols = shape.rows};
}

void broadcast_column(uint32_t* words, const TileShape& shape) {
    const uint32_t grid_cols = shape.face_grid_cols();
    for (uint32_t f = 0; f < shape.faces; f += grid_cols) {
        for (uint32_t r = 0; r < shape.face_rows; ++r) {
            const uint32_t value = words[f * kFaceWords + r * kFaceCols];
            for (uint32_t c = 0; c < grid_cols; ++c)
                std::fill_n(words + (f + c) * kFaceWords + r * kFaceCols, kFaceCols, value);
        }
    }
}

void broadcast_row(uint32_t* words, const TileShape& shape, uint32_t row) {
    const uint32_t grid_cols = shape.face_grid_cols();
    uint32_t source[2][kFaceCols];
    for (uint32_t c = 0; c < grid_cols; ++c) {
        const uint32_t face = row / kFaceRows * grid_cols + c;
        std::memcpy(source[c], words + face * kFaceWords + row % kFaceRows * kFaceCols, sizeof source[c]);
    }
    for (uint32_t f = 0; f < shape.faces; ++f) {
        for (uint32_t r = 0; r < kFaceRows; ++r) {
            std::memcpy(words + f * kFaceWords + r * kFaceCols, source[f % grid_cols], sizeof source[0]);
        }
    }
}

void broadcast_scalar(uint32_t* words, const TileShape& shape) {
    std::fill_n(words, shape.faces * kFaceWords, words[0]);
}

}  // namespace tw
