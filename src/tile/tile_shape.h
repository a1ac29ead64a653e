// How a tile lies in L1 and in registers.
//
// In L1 a tile is `faces` faces, one after the other, each `face_rows` rows of 16 datums. In registers each face takes 16
// rows of 16 words, whatever its height, so that face f row r starts at word (f * 16 + r) * 16: a full 32x32 tile is 1024
// words in face order (0,0) (0,1) (1,0) (1,1). Smaller tiles use the first rows of the first faces.
#pragma once

#include <cstdint>

namespace tw {

constexpr uint32_t kFaceCols = 16;
constexpr uint32_t kFaceRows = 16;
constexpr uint32_t kFaceWords = kFaceRows * kFaceCols;
constexpr uint32_t kTileFaces = 4;
constexpr uint32_t kTileWords = kTileFaces * kFaceWords;
constexpr uint32_t kTileRegisterRows = kTileFaces * kFaceRows;  // 64 rows of 16 words

struct TileShape {
    uint8_t faces = 4;
    uint8_t face_rows = 16;
    uint8_t rows = 32;
    uint8_t cols = 32;

    uint32_t face_grid_cols() const { return cols > 16 ? 2u : 1u; }
    uint32_t face_grid_rows() const { return faces / face_grid_cols(); }
    uint32_t words() const { return uint32_t{faces} * face_rows * kFaceCols; }
    bool is_full() const { return faces == 4 && face_rows == 16; }
    // Register rows that hold data, as a bit mask (bit = face * 16 + row).
    uint64_t row_mask() const {
        const uint64_t face = face_rows >= 16 ? 0xffffull : (1ull << face_rows) - 1;
        uint64_t mask = 0;
        for (uint32_t f = 0; f < faces; ++f) mask |= face << (16 * f);
        return mask;
    }
};

}  // namespace tw
