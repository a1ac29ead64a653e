// Sums of integer tiles; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(sfpu_sum_int_init)
TW_NOT_PROVIDED(sfpu_sum_int_col)
TW_NOT_PROVIDED(sfpu_sum_int_row)
TW_NOT_PROVIDED(sfpu_add_int)

}  // namespace ckernel
