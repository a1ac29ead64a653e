// Remainders with the sign of the divisor.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(remainder_binary_tile_init)
TW_SFPU_BINARY(remainder_binary_tile, remainder)
TW_SFPU_INIT(remainder_int32_tile_init)
TW_SFPU_BINARY(remainder_int32_tile, remainder_int)
TW_SFPU_INIT(remainder_uint32_tile_init)
TW_SFPU_BINARY(remainder_uint32_tile, remainder_uint)

}  // namespace ckernel
