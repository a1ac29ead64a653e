// x log(y).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(xlogy_binary_tile_init)
TW_SFPU_BINARY(xlogy_binary_tile, xlogy)

}  // namespace ckernel
