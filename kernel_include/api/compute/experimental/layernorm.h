// Subtraction of a mean that is kept in two parts; not provided yet.
#pragma once

#include "api/compute/common.h"

namespace ckernel {

TW_NOT_PROVIDED(sub_bcast_cols_compensated_init)
TW_NOT_PROVIDED(sub_bcast_cols_compensated)

}  // namespace ckernel
