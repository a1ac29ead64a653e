// The matrix unit's product of two tiles, added to a third (docs/hardware.md 2.2, 2.3).
//
// `fast` multiplies masked operands: a fidelity is a choice of operand bits, so LoFi, HiFi2 and HiFi4 are one float product
// each and HiFi3 is two; only the order and the rounding of sums differ from silicon. `exact` follows the sums step by
// step.
#pragma once

#include "tile/data_format.h"
#include "tile/tile_shape.h"

#include <cstdint>

namespace tw {

struct MatmulMode {
    DstKind dst = DstKind::Bf16;
    uint32_t phases = 4;
    bool swapped = false;  // exact only: in0 lies in SrcA and in1 in SrcB, which decides whose bits a phase takes
};

// dst += in0 x in1, in0 as it lies in SrcB and in1 as in SrcA. The product has in0's rows and in1's columns.
void matmul_fast(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
                 const MatmulMode&);
void matmul_exact(const uint32_t* in0, const TileShape& shape0, const uint32_t* in1, const TileShape& shape1, uint32_t* dst,
                  const MatmulMode&);

}  // namespace tw
