// The common start of unary kernels, by its older names.
#pragma once

#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"

namespace ckernel {

template <int Fp32 = -1, int D = 0>
ALWI void unary_op_init_common(uint32_t icb, uint32_t ocb = 16, uint32_t call_line = 0, TW_WHERE) {
    tw::compute_startup<D>(icb, icb, ocb, TW_SITE);
    copy_init<Fp32, D>(icb, 0, 0, 0, tw_where);
}
template <int Fp32 = -1, int D = 0>
ALWI void unary_op_init_common_no_pack(uint32_t icb, TW_WHERE) {
    tw::compute_modes_to_default();
    tw::math_src_a<D>(icb);
    TW_CONFIG(unary_op_init_common_no_pack, tw::cb_word<D>(icb), tw::cb_word<D>(icb));
    copy_init<Fp32, D>(icb, 0, 0, 0, tw_where);
}
template <int Fp32 = -1, int D = 0>
ALWI void init_sfpu(uint32_t icb, uint32_t ocb = 16, uint32_t call_line = 0, TW_WHERE) {
    tw::compute_startup<D>(icb, icb, ocb, TW_SITE);
    copy_init<Fp32, D>(icb, 0, 0, 0, tw_where);
}

}  // namespace ckernel
