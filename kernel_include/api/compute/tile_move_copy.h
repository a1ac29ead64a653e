// Tiles from circular buffers into DST.
#pragma once

#include "api/compute/common_globals.h"
#include "api/compute/reconfig_data_format.h"

namespace tw {

// What goes straight to DST leaves nothing for MATH to do.
template <int D, Call call>
ALWI void math_copy_needs(uint32_t cb, const tw_site* site) {
    if (!goes_to_dst<D>(cb)) config<call>(site, 0, faces_word<D>(cb));
}

}  // namespace tw

namespace ckernel {

// transpose moves the faces of the upper right and the lower left to each other's place; only with
// transpose_within_16x16_face is each face transposed too (alone, or for the whole transpose together with the former).
template <int Fp32 = -1, int D = 0>
ALWI void copy_init(uint32_t cbid, uint32_t transpose = 0, uint32_t transpose_within_16x16_face = 0, uint32_t call_line = 0,
                    TW_WHERE) {
    UNPACK(
        (tw_unpack_mode(tw_self(), (transpose ? TW_TRANSPOSE_FACES : 0u) |
                                       (transpose_within_16x16_face ? TW_TRANSPOSE_FACE | TW_TRANSPOSE_IN_UNPACKER : 0u))));
    TW_CONFIG(
        copy_init, 0, tw::faces_word<D>(cbid),
        transpose && transpose_within_16x16_face ? 16u : (transpose ? 1u : 0u) + (transpose_within_16x16_face ? 2u : 0u));
}

ALWI void dummy_unpack(uint32_t cb_id) {}

template <int Fp32 = -1, int D = 0>
ALWI void copy_tile(uint32_t in_cb_id, uint32_t in_tile_index, uint32_t dst_tile_index, TW_WHERE) {
    tw::check_width<Fp32>(TW_SITE);
    UNPACK((TW_CONFIG(copy_tile, tw::cb_word<D>(in_cb_id), tw::faces_word<D>(in_cb_id))));
    MATH((tw::math_copy_needs<D, tw::Call::copy_tile>(in_cb_id, TW_SITE)));
    UNPACK((tw_unpack_a(tw_self(), in_cb_id, tw::format_at<D>(in_cb_id), in_tile_index, TW_SITE)));
    MATH((tw_math_copy(tw_self(), dst_tile_index, TW_SITE)));
}

template <int Fp32 = -1, int D = 0>
ALWI void copy_block(uint32_t in_cb_id, uint32_t start_in_tile_index, uint32_t start_dst_tile_index, uint32_t ntiles,
                     TW_WHERE) {
    for (uint32_t i = 0; i < ntiles; ++i) {
        copy_tile<Fp32, D>(in_cb_id, start_in_tile_index + i, start_dst_tile_index + i, tw_where);
    }
}

// Older names.
template <int Fp32 = -1, int D = 0>
ALWI void copy_tile_init(uint32_t cbid, uint32_t call_line = 0, TW_WHERE) {
    copy_init<Fp32, D>(cbid, 0, 0, 0, tw_where);
}
template <auto... TwOptions, int D = 0>
ALWI void copy_tile_to_dst_init_short(uint32_t cbid = 0, uint32_t transpose = 0, uint32_t transpose_within_16x16_face = 0,
                                      uint32_t call_line = 0, TW_WHERE) {
    copy_init<-1, D>(cbid, transpose, transpose_within_16x16_face, 0, tw_where);
}
template <auto... TwOptions, int D = 0>
ALWI void copy_tile_to_dst_init_short_with_dt(uint32_t old_cbid, uint32_t new_cbid, uint32_t transpose = 0, TW_WHERE) {
    reconfig_data_format_srca(old_cbid, new_cbid, tw_where);
    copy_init<-1, D>(new_cbid, transpose, 0, 0, tw_where);
}
template <int Fp32 = -1, int D = 0>
ALWI void copy_block_matmul_partials(uint32_t in_cb_id, uint32_t start_in_tile_index, uint32_t start_dst_tile_index,
                                     uint32_t ntiles, TW_WHERE) {
    copy_block<Fp32, D>(in_cb_id, start_in_tile_index, start_dst_tile_index, ntiles, tw_where);
}

}  // namespace ckernel
