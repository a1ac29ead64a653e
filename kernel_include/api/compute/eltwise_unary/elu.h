// ELU: x, or alpha (exp(x) - 1) below zero.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(elu_tile_init)
TW_SFPU_TILE1(elu_tile, elu)

}  // namespace ckernel
