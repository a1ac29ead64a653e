// From the words of DST to the bytes of a tile in L1: the packer's conversions, ReLU and accumulation (docs/hardware.md
// 2.5).
#pragma once

#include "tile/data_format.h"
#include "tile/tile_shape.h"

#include <cstdint>

namespace tw {

enum class PackRelu : uint8_t { None = 0, Zero = 1, MinThreshold = 2, MaxThreshold = 3 };

struct PackMode {
    DstKind dst = DstKind::Bf16;
    PackRelu relu = PackRelu::None;
    uint32_t relu_threshold = 0;  // a float's bits, as a word of DST
    bool accumulate = false;      // add to what L1 holds
    bool bfp8_precise = false;    // keep all bits of DST until the block's exponent is known
};

// False if the format is not known.
bool pack_tile(const uint32_t* words, DataFormat, const TileShape&, const PackMode&, uint8_t* bytes);

// `count` (a multiple of 16) datums to a run of bytes, in a format that is no block float: one row of a row-major block.
bool pack_run(const uint32_t* words, DataFormat, uint32_t count, const PackMode&, uint8_t* bytes);
// The same for `rows` rows of one face, or of two side by side (the second 256 words on), to places stride_bytes apart: a
// part of a row-major block.
bool pack_rows(const uint32_t* words, DataFormat, uint32_t rows, uint32_t faces_wide, uint32_t stride_bytes,
               const PackMode&, uint8_t* bytes);

}  // namespace tw
