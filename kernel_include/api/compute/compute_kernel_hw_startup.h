// The first statement of a compute kernel. On silicon it sets formats and tile shapes of unpacker and packer; here each call
// takes them from the circular buffer that it names, so that only the modes go back to their defaults.
#pragma once

#include "api/compute/common_globals.h"

namespace tw {

ALWI void compute_modes_to_default() {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    MATH((tw_math_accumulate(tw_self(), 0)));
    PACK((tw_pack_relu(tw_self(), 0, 0)));
    PACK((tw_pack_l1_accumulate(tw_self(), 0)));
    PACK((tw_pack_reduce_mask(tw_self(), TW_REDUCE_NONE)));
}

}  // namespace tw

namespace ckernel {

template <SrcOrder src_order = SrcOrder::Regular>
ALWI void compute_kernel_hw_startup(uint32_t icb0, uint32_t icb1, uint32_t ocb) {
    tw::compute_modes_to_default();
}

template <SrcOrder src_order = SrcOrder::Regular>
ALWI void compute_kernel_hw_startup(uint32_t icb0, uint32_t ocb) {
    tw::compute_modes_to_default();
}

}  // namespace ckernel
