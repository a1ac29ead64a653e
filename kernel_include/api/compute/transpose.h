// Copies of transposed tiles.
#pragma once

#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"

namespace ckernel {

namespace detail {

// What goes straight to DST is transposed there, face by face.
template <int D>
ALWI uint32_t transpose_math_word(uint32_t cb) {
    return tw::goes_to_dst<D>(cb) ? TW_CONFIG_TURN_DST | 1u : TW_CONFIG_COPY + tw::faces_word<D>(cb);
}

}  // namespace detail

template <int Fp32 = -1, int D = 0>
ALWI void transpose_init(uint32_t icb, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_TILE)));
    TW_CONFIG(transpose_init, 0, tw::faces_word<D>(icb), detail::transpose_math_word<D>(icb));
}

template <int Fp32 = -1, int D = 0>
ALWI void transpose_tile(uint32_t icb, uint32_t itile, uint32_t idst, TW_WHERE) {
    tw::check_width<Fp32>(TW_SITE);
    TW_CONFIG(transpose_tile, tw::cb_word<D>(icb), tw::faces_word<D>(icb), detail::transpose_math_word<D>(icb));
    UNPACK((tw_unpack_a(tw_self(), icb, tw::format_at<D>(icb), itile, TW_SITE)));
    MATH((tw_math_copy(tw_self(), idst, TW_SITE)));
}

template <int Fp32 = -1, int D = 0>
ALWI void transpose_block(uint32_t icb, uint32_t start_itile, uint32_t start_idst, uint32_t ntiles, TW_WHERE) {
    for (uint32_t i = 0; i < ntiles; ++i) transpose_tile<Fp32, D>(icb, start_itile + i, start_idst + i, tw_where);
}

// Older names.
template <int D = 0>
ALWI void transpose_wh_init(uint32_t icb, uint32_t ocb = 16, TW_WHERE) {
    tw::compute_startup<D>(icb, icb, ocb, TW_SITE);
    transpose_init<-1, D>(icb, 0, tw_where);
}
template <int D = 0>
ALWI void transpose_wh_init_short(uint32_t icb, TW_WHERE) {
    transpose_init<-1, D>(icb, 0, tw_where);
}
template <int Fp32 = -1, int D = 0>
ALWI void transpose_wh_tile(uint32_t icb, uint32_t itile, uint32_t idst, TW_WHERE) {
    transpose_tile<Fp32, D>(icb, itile, idst, tw_where);
}

}  // namespace ckernel
