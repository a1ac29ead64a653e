// Row-major tensors: 32 columns of 32 rows at a time become a tile, and a tile becomes them again, in the compute kernel.
#pragma once

#include "builder/lower/program_builder.h"

#include <string>

namespace tw::builder {

// The circular buffer with the tiles of a row-major tensor; the one with its rows is named as the tensor is.
inline std::string tiles_cb(const std::string& tensor) {
    return tensor + "_tiles";
}

// Reads the tile of column `i` of the rows of unit `u` and pushes it. Rows behind the last are the last again.
ir::Block read_tile_of_rows(const ProgramBuilder&, const TensorSpec&);
// Takes a tile of the output and writes its rows; the same places.
ir::Block write_tile_of_rows(const ProgramBuilder&, const TensorSpec&);
void add_row_cbs(ProgramBuilder&, const TensorSpec&, const ir::Size& tiles);

}  // namespace tw::builder
