// Softmax of k values. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(softmax_k_init)
TW_NOT_PROVIDED(softmax_k)

}  // namespace ckernel
