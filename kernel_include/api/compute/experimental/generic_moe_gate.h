// Choice of experts. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(generic_moe_gate_init)
TW_NOT_PROVIDED(generic_moe_gate)

}  // namespace ckernel
