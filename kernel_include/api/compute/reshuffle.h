// Rows of a tile to places given in L1; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_NOT_PROVIDED(reshuffle_rows_tile)
TW_NOT_PROVIDED(reshuffle_rows_tile_init)

}  // namespace ckernel
