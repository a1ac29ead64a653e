// A tile summed up to one number. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(sum_reduce_scalar_init)
TW_NOT_PROVIDED(sum_reduce_scalar_tile)

}  // namespace ckernel
