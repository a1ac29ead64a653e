// x op s for a scalar s given as float bits (or an integer).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

enum { ADD_UNARY = 0, SUB_UNARY = 1, MUL_UNARY = 2, DIV_UNARY = 3, RSUB_UNARY = 4 };

TW_SFPU_INIT(binop_with_scalar_tile_init)
TW_SFPU_TILE1(add_unary_tile, add_scalar)
TW_SFPU_TILE1(sub_unary_tile, sub_scalar)
TW_SFPU_TILE1(mul_unary_tile, mul_scalar)
TW_SFPU_TILE1(rsub_unary_tile, rsub_scalar)
TW_SFPU_TILE1(div_unary_tile, mul_scalar)  // the host passes the divisor's reciprocal
TW_SFPU_TILE1(add_unary_tile_int32, add_int_scalar)
TW_SFPU_TILE1(sub_unary_tile_int32, sub_int_scalar)

}  // namespace ckernel
