// 1/sqrt(x).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

enum class RsqrtMode { Default, Fast };

TW_SFPU_INIT(rsqrt_tile_init)
TW_SFPU_TILE(rsqrt_tile, rsqrt)

}  // namespace ckernel
