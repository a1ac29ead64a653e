// a b + c.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(mac_tile_init)
TW_SFPU_TERNARY(mac_tile, mac)

}  // namespace ckernel
