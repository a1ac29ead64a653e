// Bits of two integer tiles.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(binary_bitwise_tile_init)
TW_SFPU_BINARY(bitwise_and_binary_tile, bitwise_and)
TW_SFPU_BINARY(bitwise_or_binary_tile, bitwise_or)
TW_SFPU_BINARY(bitwise_xor_binary_tile, bitwise_xor)

}  // namespace ckernel
