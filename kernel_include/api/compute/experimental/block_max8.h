// The eight largest of a block. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(block_max8_init)
TW_NOT_PROVIDED(block_max8)

}  // namespace ckernel
