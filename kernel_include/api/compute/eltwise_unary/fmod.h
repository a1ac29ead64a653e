// Remainder with the sign of the dividend; the divisor is given to the init call.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

ALWI void fmod_tile_init(uint32_t param0, uint32_t param1 = 0, TW_WHERE) {
    TW_CONFIG(fmod_tile_init);
    MATH((tw_sfpu_constants(tw_self(), param0, param1)));
}
TW_SFPU_TILE(fmod_tile, fmod_scalar)

}  // namespace ckernel
