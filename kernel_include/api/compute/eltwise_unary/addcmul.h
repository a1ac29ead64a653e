// a + value b c.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(addcmul_tile_init)
TW_SFPU_TERNARY1(addcmul_tile, addcmul)

}  // namespace ckernel
