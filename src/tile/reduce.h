// Sums and maxima over the rows or columns of one tile (docs/hardware.md 2.4; orders confirmed by the golden reduce cases).
//
// The scaler is a vector: element k of the reduced axis, inside a face, is multiplied by element k of row 0 of the scaler's
// face at the same place. Row results go to column 0, column results to row 0, both to element [0][0].
#pragma once

#include "tile/matmul.h"
#include "tile/tile_shape.h"

#include <cstdint>

namespace tw {

enum class ReduceDimension : uint8_t { Row = 0, Col = 1, Scalar = 2 };

struct ReduceOperand {
    const uint32_t* words;
    TileShape shape;
};

// dst += scaled sums, on the matrix unit's exact rules. move_tf32: what a 32-bit DST loses on its way back to a source
// register between the two passes of a scalar sum (tf32, else bf16).
void reduce_sum(const ReduceOperand& data, const ReduceOperand& scaler, ReduceDimension, uint32_t* dst, const MatmulMode&,
                bool move_tf32);

// dst = max(dst, data) by the max-pool instruction. Where it looks for what dst holds is not where results are packed from:
// for rows that is row 0 of the faces on the left (element r of it for row r), beside column 0; for both dimensions [0][0],
// and row 4 on top of that. `invalid`: rows of DST that hold nothing, one bit each; changed by what is written. move_tf32
// as above: the results for rows and for both dimensions pass through a source register.
void reduce_max(const ReduceOperand& data, const ReduceOperand& scaler, ReduceDimension, uint32_t* dst, uint64_t& invalid,
                bool move_tf32);

}  // namespace tw
