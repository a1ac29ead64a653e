// -x.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(negative_tile_init)
TW_SFPU_TILE(negative_tile, neg)
TW_SFPU_TILE(negative_tile_int32, neg_int)

}  // namespace ckernel
