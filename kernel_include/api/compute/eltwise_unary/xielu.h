// xIELU with its two alphas.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(xielu_tile_init)
TW_SFPU_TILE2(xielu_tile, xielu)

}  // namespace ckernel
