// Quotient of two Int32 tiles, as a float.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(div_int32_tile_init)
TW_SFPU_BINARY(div_int32_tile, div_int)

}  // namespace ckernel
