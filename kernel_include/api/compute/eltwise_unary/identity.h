// x.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(identity_tile_init)
TW_SFPU_TILE(identity_tile, identity)
TW_SFPU_TILE(identity_tile_uint32, identity)

}  // namespace ckernel
