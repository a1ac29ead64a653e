// Quotient of two Int32 tiles, rounded down or toward zero.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(div_int32_floor_tile_init)
TW_SFPU_BINARY(div_int32_floor_tile, div_int_floor)
TW_SFPU_INIT(div_int32_trunc_tile_init)
TW_SFPU_BINARY(div_int32_trunc_tile, div_int_trunc)

}  // namespace ckernel
