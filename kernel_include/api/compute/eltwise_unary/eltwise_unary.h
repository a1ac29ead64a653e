// The common start of unary kernels, by its older names.
#pragma once

#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"

namespace ckernel {

template <int Fp32 = -1, int D = 0>
ALWI void unary_op_init_common(uint32_t icb, uint32_t ocb = 16, uint32_t call_line = 0) {
    tw::compute_modes_to_default();
    tw::math_src_a<D>(icb);
    copy_init(icb);
}
template <int Fp32 = -1, int D = 0>
ALWI void unary_op_init_common_no_pack(uint32_t icb) {
    tw::compute_modes_to_default();
    tw::math_src_a<D>(icb);
    copy_init(icb);
}
template <int Fp32 = -1, int D = 0>
ALWI void init_sfpu(uint32_t icb, uint32_t ocb = 16, uint32_t call_line = 0) {
    tw::compute_modes_to_default();
    tw::math_src_a<D>(icb);
    copy_init(icb);
}

}  // namespace ckernel
