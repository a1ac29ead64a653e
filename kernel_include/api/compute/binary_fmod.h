// Remainders with the sign of the dividend.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(fmod_binary_tile_init)
TW_SFPU_BINARY(fmod_binary_tile, fmod)
TW_SFPU_INIT(fmod_int32_tile_init)
TW_SFPU_BINARY(fmod_int32_tile, fmod_int)

}  // namespace ckernel
