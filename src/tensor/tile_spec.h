// The shape of a tile and the bytes it takes (docs/upstream-api.md H4.2, H11.1). Thirteen shapes exist; a tile is cut into
// faces of 16 columns and at most 16 rows, stored one after another.
#pragma once

#include "tensor/data_type.h"

#include <cstdint>
#include <string>

namespace tw {

inline constexpr uint32_t kTileSide = 32;
inline constexpr uint32_t kFaceSide = 16;

class Tile {
public:
    Tile() = default;
    // Raises "Tile size is not valid for our hardware" for other shapes than the thirteen.
    Tile(uint32_t height, uint32_t width, bool transpose = false);
    static bool is_valid(uint32_t height, uint32_t width);

    uint32_t height() const { return height_; }
    uint32_t width() const { return width_; }
    uint32_t volume() const { return height_ * width_; }
    uint32_t face_height() const { return height_ < kFaceSide ? height_ : kFaceSide; }
    uint32_t face_width() const { return kFaceSide; }
    uint32_t num_faces() const { return volume() / (face_height() * face_width()); }
    bool partial_face() const { return height_ < kTileSide; }
    bool narrow_tile() const { return width_ < kTileSide; }
    bool transpose_within_face() const { return transpose_; }
    bool transpose_of_faces() const { return transpose_; }

    uint32_t size(DataType) const;
    uint32_t size(DataFormat) const;

    bool operator==(const Tile& other) const { return height_ == other.height_ && width_ == other.width_; }
    std::string str() const;  // "Tile with shape: [16, 32]"

private:
    uint32_t height_ = kTileSide, width_ = kTileSide;
    bool transpose_ = false;
};

// Block floats lead a tile with one exponent byte per face row, in sum rounded up to 16 bytes.
constexpr uint32_t exponent_section_bytes(uint32_t height, uint32_t width) {
    return (height * width / 16 + 15) / 16 * 16;
}
// Bytes of a tile of any DataFormat; 0 for Invalid.
uint32_t tile_size(DataFormat, uint32_t height = kTileSide, uint32_t width = kTileSide);

}  // namespace tw
