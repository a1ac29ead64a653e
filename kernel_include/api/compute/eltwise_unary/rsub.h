// s - x.
#pragma once

#include "tw/sfpu_call.h"
#include "api/compute/eltwise_unary/binop_with_scalar.h"

namespace ckernel {

TW_SFPU_INIT(rsub_tile_init)
TW_SFPU_TILE1(rsub_tile, rsub_scalar)
TW_SFPU_INIT(rsub_unary_int32_tile_init)
TW_SFPU_TILE1(rsub_unary_int32_tile, rsub_int_scalar)

}  // namespace ckernel
