// Rows and columns scaled by turns. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(sinkhorn_4x4_init)
TW_NOT_PROVIDED(sinkhorn_row_max_sub)
TW_NOT_PROVIDED(sinkhorn_4x4)

}  // namespace ckernel
