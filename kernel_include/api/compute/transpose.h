// Copies of transposed tiles.
#pragma once

#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"

namespace ckernel {

template <int Fp32 = -1>
ALWI void transpose_init(uint32_t icb, uint32_t call_line = 0) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_TILE)));
    UNPACK((tw_thread_init(tw_self(), TW_INIT_COPY)));
    MATH((tw_thread_init(tw_self(), TW_INIT_COPY)));
}

template <int Fp32 = -1, int D = 0>
ALWI void transpose_tile(uint32_t icb, uint32_t itile, uint32_t idst, TW_WHERE) {
    copy_tile<Fp32, D>(icb, itile, idst, tw_where);
}

template <int Fp32 = -1, int D = 0>
ALWI void transpose_block(uint32_t icb, uint32_t start_itile, uint32_t start_idst, uint32_t ntiles, TW_WHERE) {
    copy_block<Fp32, D>(icb, start_itile, start_idst, ntiles, tw_where);
}

// Older names.
template <int D = 0>
ALWI void transpose_wh_init(uint32_t icb, uint32_t ocb = 16) {
    tw::compute_modes_to_default();
    tw::math_src_a<D>(icb);
    transpose_init(icb);
}
ALWI void transpose_wh_init_short(uint32_t icb) {
    transpose_init(icb);
}
template <int Fp32 = -1, int D = 0>
ALWI void transpose_wh_tile(uint32_t icb, uint32_t itile, uint32_t idst, TW_WHERE) {
    copy_tile<Fp32, D>(icb, itile, idst, tw_where);
}

}  // namespace ckernel
