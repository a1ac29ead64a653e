// Hadamard transform of 128 values. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(hadamard_h128_init)
TW_NOT_PROVIDED(hadamard_h128_init_short)
TW_NOT_PROVIDED(hadamard_h128_tile)
TW_NOT_PROVIDED(hadamard_h128_uninit)

}  // namespace ckernel
