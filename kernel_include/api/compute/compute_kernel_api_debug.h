// Reading and writing DST tiles past the math unit, for debugging on Blackhole. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(dbg_read_dest_tile)
TW_NOT_PROVIDED(dbg_write_dest_tile)

}  // namespace ckernel
