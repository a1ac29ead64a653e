// Remainder with the sign of the divisor, which is given to the init call.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

ALWI void remainder_tile_init(uint32_t param0, uint32_t param1 = 0, TW_WHERE) {
    TW_CONFIG(remainder_tile_init);
    MATH((tw_sfpu_constants(tw_self(), param0, param1)));
}
TW_SFPU_TILE(remainder_tile, remainder_scalar)
TW_SFPU_INIT(remainder_tile_uint32_init)
TW_SFPU_TILE1(remainder_tile_uint32, remainder_uint_scalar)

}  // namespace ckernel
