// Choice of experts, in steps. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(generalized_moe_gate_init)
TW_NOT_PROVIDED(generalized_moe_gate_place_field_from_interm)
TW_NOT_PROVIDED(generalized_moe_gate_combine_finalize)
TW_NOT_PROVIDED(generalized_moe_gate_combine_init)
TW_NOT_PROVIDED(generalized_moe_gate_step2_only)
TW_NOT_PROVIDED(generalized_moe_gate_relocate_run)
TW_NOT_PROVIDED(generalized_moe_gate)

}  // namespace ckernel
