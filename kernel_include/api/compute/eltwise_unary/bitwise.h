// Bits of an integer tile and a word.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(bitwise_and_tile_init)
TW_SFPU_TILE1(bitwise_and_tile, and_scalar)
TW_SFPU_INIT(bitwise_or_tile_init)
TW_SFPU_TILE1(bitwise_or_tile, or_scalar)
TW_SFPU_INIT(bitwise_xor_tile_init)
TW_SFPU_TILE1(bitwise_xor_tile, xor_scalar)

}  // namespace ckernel
