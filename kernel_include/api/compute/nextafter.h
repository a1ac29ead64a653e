// The next representable number; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_NOT_PROVIDED(nextafter_binary_tile)
TW_NOT_PROVIDED(nextafter_bf16_binary_tile)
TW_SFPU_INIT(nextafter_binary_tile_init)
TW_SFPU_INIT(nextafter_bf16_binary_tile_init)

}  // namespace ckernel
