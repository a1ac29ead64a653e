// Solving with triangular tiles; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_NOT_PROVIDED(triangle_solve_tile)
TW_NOT_PROVIDED(triangle_solve_tile_init)

}  // namespace ckernel
