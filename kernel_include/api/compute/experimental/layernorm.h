// A mean kept in two parts, so that subtracting it does not cancel: column 0 of the statistics' tile is an anchor near the
// row's values, column 16 is anchor - mean. What comes out is (x - anchor) + (anchor - mean), summed in DST.
#pragma once

#include "api/compute/common.h"
#include "tw/compute_config.h"

namespace ckernel {

ALWI void sub_bcast_cols_compensated_init(uint32_t input_cb, uint32_t split_mean_cb, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    TW_CONFIG(low_level_init);
}

template <int D = 0>
ALWI void sub_bcast_cols_compensated(uint32_t input_cb, uint32_t split_mean_cb, uint32_t input_tile, uint32_t dst_tile,
                                     uint32_t tile_count, TW_WHERE) {
    for (uint32_t i = 0; i < tile_count; ++i) {
        UNPACK((tw_unpack_a_bcast(tw_self(), split_mean_cb, tw::format_at<D>(split_mean_cb), 0, TW_BCAST_COL_16, TW_SITE)));
        UNPACK((tw_unpack_ab(tw_self(), input_cb, tw::format_at<D>(input_cb), input_tile + i, split_mean_cb,
                             tw::format_at<D>(split_mean_cb), 0, TW_BCAST_COL, 0, TW_SITE)));
        MATH((tw_math_copy(tw_self(), dst_tile + i, TW_SITE)));
        MATH((tw_math_accumulate(tw_self(), 1)));
        MATH((tw_math_binary(tw_self(), TW_ELWSUB, dst_tile + i, TW_SITE)));
        MATH((tw_math_accumulate(tw_self(), 0)));
    }
}

}  // namespace ckernel
