// Moving datums inside one tile of register words: transposition and broadcast, both exact (docs/hardware.md 2.4).
#pragma once

#include "tile/tile_shape.h"

#include <cstdint>

namespace tw {

// Each 16x16 face on its own.
void transpose_faces(const uint32_t* in, uint32_t faces, uint32_t* out);
// The whole tile: faces change places too. Returns the shape of the result.
TileShape transpose_tile(const uint32_t* in, const TileShape&, uint32_t* out);

// In place: every row becomes its column 0; every column its element in row `row`; everything the element [0][0].
void broadcast_column(uint32_t* words, const TileShape&);
void broadcast_row(uint32_t* words, const TileShape&, uint32_t row);
void broadcast_scalar(uint32_t* words, const TileShape&);

}  // namespace tw
