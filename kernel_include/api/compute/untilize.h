// Tiles into row-major blocks, by the older calls that let the unpacker do it. Here the packer does: the bytes are the
// same.
#pragma once

#include "api/compute/common.h"
#include "tw/compute_config.h"

namespace ckernel {

template <int Fp32 = -1, int D = 0>
ALWI void untilize_init(uint32_t icb, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    TW_CONFIG(untilize_init, 0, tw::faces_word<D>(icb));
}

// full_ct_dim tiles of one tile row into 32 rows.
template <uint32_t block_ct_dim = 1, int Fp32 = -1, int D = 0>
ALWI void untilize_block(uint32_t icb, uint32_t full_ct_dim, uint32_t ocb, TW_WHERE) {
    tw::check_width<Fp32>(TW_SITE);
    TW_CONFIG(untilize_block, tw::cb_word<D>(icb), tw::faces_word<D>(icb), tw::cb_word<D>(ocb));
    for (uint32_t t = 0; t < full_ct_dim; ++t) {
        UNPACK((tw_unpack_a(tw_self(), icb, tw::format_at<D>(icb), t, TW_SITE)));
        MATH((tw_dst_acquire(tw_self(), TW_SITE), tw_math_copy(tw_self(), 0, TW_SITE), tw_dst_commit(tw_self(), TW_SITE)));
        PACK((tw_dst_wait(tw_self(), TW_SITE)));
        PACK((tw_pack_untilize(tw_self(), 0, 1, full_ct_dim, 0, t, 0, ocb, tw::format_at<D>(ocb), TW_SITE)));
        PACK((tw_dst_release(tw_self(), TW_SITE)));
    }
}

ALWI void untilize_uninit(uint32_t icb, TW_WHERE) {
    TW_CONFIG(untilize_uninit);
}

// Older names.
template <int D = 0>
ALWI void untilize_init_short(uint32_t icb, TW_WHERE) {
    untilize_init<-1, D>(icb, 0, tw_where);
}
template <int D = 0>
ALWI void untilize_init_no_pack(uint32_t icb, TW_WHERE) {
    untilize_init<-1, D>(icb, 0, tw_where);
}

}  // namespace ckernel
