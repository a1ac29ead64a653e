// Packing rows into operands that a kernel describes itself. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel::experimental {

TW_NOT_PROVIDED(pack_untilize_init)
TW_NOT_PROVIDED(pack_untilize_block)
TW_NOT_PROVIDED(pack_untilize_dest_init)
TW_NOT_PROVIDED(pack_untilize_dest_block)
TW_NOT_PROVIDED(pack_untilize_uninit)

}  // namespace ckernel::experimental
