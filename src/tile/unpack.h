// From the bytes of a tile in L1 to the words of a source register: the unpacker's conversions (docs/hardware.md 2.1).
#pragma once

#include "tile/data_format.h"
#include "tile/tile_shape.h"

#include <cstdint>

namespace tw {

// What a source register's datum can hold of a 32-bit value.
enum class SrcPrecision : uint8_t { Bf16, Tf32, Full };

// Bytes of a tile in L1: exponents (one for each row of 16, padded to 16 bytes) come first in the block formats. 0: no
// such format.
uint32_t tile_bytes(DataFormat, const TileShape&);
bool is_block_float(DataFormat);
bool is_integer(DataFormat);

// Writes each datum as a word: a float's bit pattern reduced to `precision`, or an integer's value. Words outside the shape
// stay as they were. False if the format is not known.
bool unpack_tile(const uint8_t* bytes, DataFormat, const TileShape&, SrcPrecision, uint32_t* words);

// As unpack_tile, but `rows` rows, stride_bytes apart, into one face or two side by side (the second 256 words on): a part
// of a row-major block (tilize). Not for block floats, which are never row-major.
bool unpack_rows(const uint8_t* bytes, uint32_t stride_bytes, DataFormat, uint32_t rows, uint32_t faces_wide, SrcPrecision,
                 uint32_t* words);

}  // namespace tw
