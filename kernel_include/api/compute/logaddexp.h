// log(exp(a) + exp(b)).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(logaddexp_binary_tile_init)
TW_SFPU_BINARY(logaddexp_binary_tile, logaddexp)

}  // namespace ckernel
