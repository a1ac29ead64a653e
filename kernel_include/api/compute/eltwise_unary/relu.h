// Rectifiers.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(relu_tile_init)
TW_SFPU_TILE(relu_tile, relu)

}  // namespace ckernel
