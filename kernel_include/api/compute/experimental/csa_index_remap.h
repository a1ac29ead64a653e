// Indices of compressed attention. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(csa_index_remap_init)
TW_NOT_PROVIDED(csa_index_remap)

}  // namespace ckernel
