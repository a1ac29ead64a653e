// 1 / sqrt(x + a scalar). Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(add_rsqrt_tile_init)
TW_NOT_PROVIDED(add_rsqrt_tile)

}  // namespace ckernel
