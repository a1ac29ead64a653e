// Packing rows of a geometry that the kernel gives. Not provided.
#pragma once

#include "tw/compute_types.h"

namespace ckernel {

TW_NOT_PROVIDED(custom_pack_untilize_dest_init)
TW_NOT_PROVIDED(custom_pack_untilize_dest)

}  // namespace ckernel
