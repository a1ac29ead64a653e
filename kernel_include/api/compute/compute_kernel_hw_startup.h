// The first statement of a compute kernel. On silicon it sets formats and tile shapes of unpacker and packer; here each
// call takes them from the circular buffer that it names, so that only the modes go back to their defaults.
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

// The width of DST is fixed for a launch here (ComputeConfig.fp32_dest_acc_en). Asking for what the launch has is fine.
template <bool enable, int D = 0>
ALWI void set_fp32_dest_acc() {
    static_assert(enable == tw::KernelConfig<D>::dst_accum_mode,
                  "not implemented in tilewright: changing the width of DST in a kernel");
}
template <bool enable, int D = 0>
ALWI void restore_fp32_dest_acc() {
    static_assert(enable == tw::KernelConfig<D>::dst_accum_mode,
                  "not implemented in tilewright: changing the width of DST in a kernel");
}
template <int D = 0>
ALWI void enable_fp32_dest_acc() {
    set_fp32_dest_acc<true, D>();
}
template <int D = 0>
ALWI void disable_fp32_dest_acc() {
    set_fp32_dest_acc<false, D>();
}

}  // namespace ckernel
