// atan2(y, x).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(atan2_binary_tile_init)
TW_SFPU_BINARY(atan2_binary_tile, atan2)

}  // namespace ckernel
