// A tile plus a scalar kept in DST. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(deepseek_binary_dest_reuse_add_tiles_init)
TW_NOT_PROVIDED(deepseek_binary_dest_reuse_add_tiles)

}  // namespace ckernel
