// Matrix products of tiles. in0 goes to SrcB and in1 to SrcA, which is why the startup names SrcOrder::Reverse.
#pragma once

#include "api/compute/common.h"

#ifndef MM_THROTTLE
#define MM_THROTTLE 0
#endif

namespace ckernel {

namespace detail {

// Which operand the unit keeps while the other one changes.
constexpr uint32_t matmul_word(uint32_t ct_dim, uint32_t rt_dim) {
    return ct_dim >= rt_dim ? 0x00010001u : 0u;
}

}  // namespace detail

ALWI void matmul_init(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t transpose = 0, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_matmul_mode(tw_self(), transpose)));
    TW_CONFIG(matmul_init, 0, 0, detail::matmul_word(1, 1));
}

ALWI void mm_uninit(uint32_t in0_cb_id, uint32_t in1_cb_id) {}

// DST[idst] += in0[in0_tile_index] x in1[in1_tile_index]
template <int D = 0>
ALWI void matmul_tiles(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t in0_tile_index, uint32_t in1_tile_index,
                       uint32_t idst, TW_WHERE) {
    TW_CONFIG(matmul_tiles, tw::cb_word<D>(in1_cb_id), tw::cb_word<D>(in0_cb_id), detail::matmul_word(1, 1));
    UNPACK((tw_unpack_matmul(tw_self(), in0_cb_id, tw::format_at<D>(in0_cb_id), in0_tile_index, in1_cb_id,
                             tw::format_at<D>(in1_cb_id), in1_tile_index, TW_MATMUL_TRANSPOSE_AS_SET, 1, 1, 1, TW_SITE)));
    MATH((tw_math_matmul(tw_self(), idst, 1, 1, TW_SITE)));
}

ALWI void matmul_block_init(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t transpose = 0, uint32_t ct_dim = 1,
                            uint32_t rt_dim = 1, uint32_t kt_dim = 1, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_matmul_mode(tw_self(), transpose)));
    TW_CONFIG(matmul_block_init, 0, 0, detail::matmul_word(ct_dim, rt_dim));
}

// One step of the inner dimension for rt_dim x ct_dim output tiles; kt_dim is in0's row stride in tiles.
template <int D = 0>
ALWI void matmul_block(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t in0_tile_index, uint32_t in1_tile_index,
                       uint32_t idst, uint32_t transpose, uint32_t ct_dim, uint32_t rt_dim, uint32_t kt_dim,
                       uint32_t call_line = 0, TW_WHERE) {
    TW_CONFIG(matmul_block, tw::cb_word<D>(in1_cb_id), tw::cb_word<D>(in0_cb_id), detail::matmul_word(ct_dim, rt_dim));
    UNPACK((tw_unpack_matmul(tw_self(), in0_cb_id, tw::format_at<D>(in0_cb_id), in0_tile_index, in1_cb_id,
                             tw::format_at<D>(in1_cb_id), in1_tile_index, transpose, ct_dim, rt_dim, kt_dim, TW_SITE)));
    MATH((tw_math_matmul(tw_self(), idst, ct_dim, rt_dim, TW_SITE)));
}

// MATH's part of the above.
ALWI void matmul_block_math_dynamic_throttle(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t idst, uint32_t transpose,
                                             uint32_t ct_dim, uint32_t rt_dim, TW_WHERE) {
    MATH((tw_math_matmul(tw_self(), idst, ct_dim, rt_dim, TW_SITE)));
}

// Older names; the output buffer was named there too.
template <int D = 0>
ALWI void mm_init(uint32_t in0_cb_id = 0, uint32_t in1_cb_id = 1, uint32_t out_cb_id = 16, uint32_t transpose = 0,
                  TW_WHERE) {
    tw::compute_startup<D>(in1_cb_id, in0_cb_id, out_cb_id, TW_SITE);
    matmul_init(in0_cb_id, in1_cb_id, transpose, 0, tw_where);
}
ALWI void mm_init_short(uint32_t in0_cb_id = 0, uint32_t in1_cb_id = 1, uint32_t transpose = 0, TW_WHERE) {
    matmul_init(in0_cb_id, in1_cb_id, transpose, 0, tw_where);
}
template <int D = 0>
ALWI void mm_init_short_with_dt(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t c_in_old_srca, uint32_t transpose = 0,
                                TW_WHERE) {
    reconfig_data_format_srca(c_in_old_srca, in1_cb_id, tw_where);
    matmul_init(in0_cb_id, in1_cb_id, transpose, 0, tw_where);
}
template <int D = 0>
ALWI void mm_block_init(uint32_t in0_cb_id = 0, uint32_t in1_cb_id = 1, uint32_t out_cb_id = 16, uint32_t transpose = 0,
                        uint32_t ct_dim = 1, uint32_t rt_dim = 1, uint32_t kt_dim = 1, TW_WHERE) {
    tw::compute_startup<D>(in1_cb_id, in0_cb_id, out_cb_id, TW_SITE);
    matmul_block_init(in0_cb_id, in1_cb_id, transpose, ct_dim, rt_dim, kt_dim, 0, tw_where);
}
ALWI void mm_block_init_short(uint32_t in0_cb_id = 0, uint32_t in1_cb_id = 1, uint32_t transpose = 0, uint32_t ct_dim = 1,
                              uint32_t rt_dim = 1, uint32_t kt_dim = 1, TW_WHERE) {
    matmul_block_init(in0_cb_id, in1_cb_id, transpose, ct_dim, rt_dim, kt_dim, 0, tw_where);
}
template <int D = 0>
ALWI void mm_block_init_short_with_dt(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t old_in1_cb_id,
                                      uint32_t transpose = 0, uint32_t ct_dim = 1, uint32_t rt_dim = 1, uint32_t kt_dim = 1,
                                      TW_WHERE) {
    reconfig_data_format_srca(old_in1_cb_id, in1_cb_id, tw_where);
    matmul_block_init(in0_cb_id, in1_cb_id, transpose, ct_dim, rt_dim, kt_dim, 0, tw_where);
}
template <int D = 0>
ALWI void mm_block_init_short_with_both_dt(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t old_in0_cb_id,
                                           uint32_t old_in1_cb_id, uint32_t transpose = 0, uint32_t ct_dim = 1,
                                           uint32_t rt_dim = 1, uint32_t kt_dim = 1, TW_WHERE) {
    reconfig_data_format(old_in1_cb_id, in1_cb_id, old_in0_cb_id, in0_cb_id, tw_where);
    matmul_block_init(in0_cb_id, in1_cb_id, transpose, ct_dim, rt_dim, kt_dim, 0, tw_where);
}

}  // namespace ckernel
