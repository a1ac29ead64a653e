// cap * tanh(x / cap).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(softcap_tile_init)
TW_SFPU_TILE2(softcap_tile, softcap)

}  // namespace ckernel
