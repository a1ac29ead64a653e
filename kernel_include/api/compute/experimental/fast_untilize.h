// Tiles into row-major blocks; the same bytes as pack_untilize.
#pragma once

#include "tw/sfpu_call.h"
#include "api/compute/common.h"
#include "api/compute/pack_untilize.h"

namespace ckernel {

template <uint32_t full_ct_dim, auto... TwOptions, int D = 0>
ALWI void fast_untilize_init(uint32_t icb, uint32_t ocb, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    TW_CONFIG(fast_untilize_init, tw::cb_word<D>(ocb));
}
template <uint32_t full_ct_dim, auto... TwOptions>
ALWI void fast_untilize_init_skip_remap(uint32_t icb, uint32_t ocb, uint32_t call_line = 0, TW_WHERE) {
    fast_untilize_init<full_ct_dim>(icb, ocb, 0, tw_where);
}
// One tile row of full_ct_dim tiles, from input_tile_index on, into block row output_tile_index / full_ct_dim.
template <uint32_t full_ct_dim, int Fp32 = -1, int D = 0>
ALWI void fast_untilize_block(uint32_t icb, uint32_t ocb, uint32_t input_tile_index = 0, uint32_t output_tile_index = 0,
                              TW_WHERE) {
    TW_CONFIG(fast_untilize_block, tw::cb_word<D>(icb), 0, tw::cb_word<D>(ocb));
    for (uint32_t t = 0; t < full_ct_dim; ++t) {
        UNPACK((tw_unpack_a(tw_self(), icb, tw::format_at<D>(icb), input_tile_index + t, TW_SITE)));
        MATH((tw_dst_acquire(tw_self(), TW_SITE), tw_math_copy(tw_self(), 0, TW_SITE), tw_dst_commit(tw_self(), TW_SITE)));
        PACK((tw_dst_wait(tw_self(), TW_SITE)));
        PACK((tw_pack_untilize(tw_self(), 0, 1, full_ct_dim, output_tile_index / full_ct_dim, t, 0, ocb,
                               tw::format_at<D>(ocb), TW_SITE)));
        PACK((tw_dst_release(tw_self(), TW_SITE)));
    }
}
template <uint32_t full_ct_dim, auto... TwOptions, int D = 0>
ALWI void fast_untilize_uninit(uint32_t ocb, TW_WHERE) {
    TW_CONFIG(fast_untilize_uninit, tw::cb_word<D>(ocb));
}

TW_REFUSED(fast_untilize_init_impl)  // what upstream's two init calls share

}  // namespace ckernel
