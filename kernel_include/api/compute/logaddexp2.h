// log2(2^a + 2^b).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(logaddexp2_binary_tile_init)
TW_SFPU_BINARY(logaddexp2_binary_tile, logaddexp2)

}  // namespace ckernel
