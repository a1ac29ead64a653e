// a + value b / c.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(addcdiv_tile_init)
TW_SFPU_TERNARY1(addcdiv_tile, addcdiv)

}  // namespace ckernel
