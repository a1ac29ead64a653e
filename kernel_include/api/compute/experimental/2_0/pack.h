// Packing into operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(pack_init)
TW_NOT_PROVIDED(pack_tile)
TW_NOT_PROVIDED(pack_block)

}  // namespace ckernel::experimental
