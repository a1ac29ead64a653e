// The first statement of a compute kernel: on silicon it sets formats and tile shapes of unpacker and packer. Here each
// call takes them from the circular buffer that it names; what is set is kept to be compared (tw/compute_config.h).
#pragma once

#include "api/compute/common_globals.h"
#include "tw/compute_config.h"
#include "tw/mailbox.h"

namespace tw {

ALWI void compute_modes_to_default() {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    MATH((tw_math_accumulate(tw_self(), 0)));
    PACK((tw_pack_relu(tw_self(), 0, 0)));
    PACK((tw_pack_l1_accumulate(tw_self(), 0)));
    PACK((tw_pack_reduce_mask(tw_self(), TW_REDUCE_NONE)));
}

// The buffers whose tiles go to SrcA and SrcB first, and the one that is packed into first.
template <int D = 0>
ALWI void compute_startup(uint32_t src_a, uint32_t src_b, uint32_t out, const tw_site* site) {
    compute_modes_to_default();
    math_src_a<D>(src_a);
    TW_CONFIG_AT(site, compute_kernel_hw_startup, cb_word<D>(src_a), cb_word<D>(src_b), cb_word<D>(out));
}

}  // namespace tw

namespace ckernel {

template <SrcOrder src_order = SrcOrder::Regular, int D = 0>
ALWI void compute_kernel_hw_startup(uint32_t icb0, uint32_t icb1, uint32_t ocb, TW_WHERE) {
    constexpr bool regular = src_order == SrcOrder::Regular;
    tw::compute_startup<D>(regular ? icb0 : icb1, regular ? icb1 : icb0, ocb, TW_SITE);
}

template <SrcOrder src_order = SrcOrder::Regular, int D = 0>
ALWI void compute_kernel_hw_startup(uint32_t icb0, uint32_t ocb, TW_WHERE) {
    tw::compute_startup<D>(icb0, icb0, ocb, TW_SITE);
}

// The width of DST (ComputeConfig.fp32_dest_acc_en) changes when all three threads have come here, which they tell each
// other through their mailboxes, as on silicon.
namespace detail {

ALWI void dst_width(bool fp32, TW_WHERE) {
    UNPACK((tw_mailbox_write(tw_self(), TW_TRISC_MATH, 1, TW_SITE)));
    PACK((tw_mailbox_write(tw_self(), TW_TRISC_MATH, 1, TW_SITE)));
    MATH((tw_mailbox_read(tw_self(), TW_TRISC_UNPACK, TW_SITE)));
    MATH((tw_mailbox_read(tw_self(), TW_TRISC_PACK, TW_SITE)));
    MATH((tw_dst_width(tw_self(), fp32, TW_SITE)));
    TW_CONFIG(enable_fp32_dest_acc, fp32);
    MATH((tw_mailbox_write(tw_self(), TW_TRISC_UNPACK, 1, TW_SITE)));
    MATH((tw_mailbox_write(tw_self(), TW_TRISC_PACK, 1, TW_SITE)));
    UNPACK((tw_mailbox_read(tw_self(), TW_TRISC_MATH, TW_SITE)));
    PACK((tw_mailbox_read(tw_self(), TW_TRISC_MATH, TW_SITE)));
}

}  // namespace detail

ALWI void enable_fp32_dest_acc(TW_WHERE) {
    detail::dst_width(true, tw_where);
}
ALWI void disable_fp32_dest_acc(TW_WHERE) {
    detail::dst_width(false, tw_where);
}
// Nothing to do where the kernel's own width is the one that is asked for.
template <bool enable, int D = 0>
ALWI void set_fp32_dest_acc(TW_WHERE) {
    if constexpr (enable != tw::KernelConfig<D>::dst_accum_mode) detail::dst_width(enable, tw_where);
}
template <bool enable, int D = 0>
ALWI void restore_fp32_dest_acc(TW_WHERE) {
    if constexpr (enable != tw::KernelConfig<D>::dst_accum_mode) detail::dst_width(!enable, tw_where);
}

}  // namespace ckernel
