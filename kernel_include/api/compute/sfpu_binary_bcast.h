// Operations of a DST tile with column 0, row 0 or element [0][0] of another, in place.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(sfpu_bcast_col_init)
TW_SFPU_INIT(sfpu_bcast_row_init)
TW_SFPU_INIT(sfpu_bcast_init)
TW_SFPU_INIT(sfpu_normalize_bcast_scalar_init)
TW_SFPU_INIT(sfpu_add_bcast_col_init)
template <auto... TwOptions>
ALWI void sfpu_add_bcast_col(uint32_t dst_data_idx, uint32_t dst_col_vec_idx, TW_WHERE) {
    TW_CONFIG(sfpu_add_bcast_col);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_add_bcast, dst_data_idx, dst_col_vec_idx, dst_data_idx, TW_BCAST_COL, 0,
                         TW_SITE)));
}
TW_SFPU_INIT(sfpu_sub_bcast_col_init)
template <auto... TwOptions>
ALWI void sfpu_sub_bcast_col(uint32_t dst_data_idx, uint32_t dst_col_vec_idx, TW_WHERE) {
    TW_CONFIG(sfpu_sub_bcast_col);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_sub_bcast, dst_data_idx, dst_col_vec_idx, dst_data_idx, TW_BCAST_COL, 0,
                         TW_SITE)));
}
TW_SFPU_INIT(sfpu_mul_bcast_col_init)
template <auto... TwOptions>
ALWI void sfpu_mul_bcast_col(uint32_t dst_data_idx, uint32_t dst_col_vec_idx, TW_WHERE) {
    TW_CONFIG(sfpu_mul_bcast_col);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_mul_bcast, dst_data_idx, dst_col_vec_idx, dst_data_idx, TW_BCAST_COL, 0,
                         TW_SITE)));
}
TW_SFPU_INIT(sfpu_add_bcast_row_init)
template <auto... TwOptions>
ALWI void sfpu_add_bcast_row(uint32_t dst_data_idx, uint32_t dst_row_vec_idx, TW_WHERE) {
    TW_CONFIG(sfpu_add_bcast_row);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_add_bcast, dst_data_idx, dst_row_vec_idx, dst_data_idx, TW_BCAST_ROW, 0,
                         TW_SITE)));
}
TW_SFPU_INIT(sfpu_sub_bcast_row_init)
template <auto... TwOptions>
ALWI void sfpu_sub_bcast_row(uint32_t dst_data_idx, uint32_t dst_row_vec_idx, TW_WHERE) {
    TW_CONFIG(sfpu_sub_bcast_row);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_sub_bcast, dst_data_idx, dst_row_vec_idx, dst_data_idx, TW_BCAST_ROW, 0,
                         TW_SITE)));
}
TW_SFPU_INIT(sfpu_mul_bcast_row_init)
template <auto... TwOptions>
ALWI void sfpu_mul_bcast_row(uint32_t dst_data_idx, uint32_t dst_row_vec_idx, TW_WHERE) {
    TW_CONFIG(sfpu_mul_bcast_row);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_mul_bcast, dst_data_idx, dst_row_vec_idx, dst_data_idx, TW_BCAST_ROW, 0,
                         TW_SITE)));
}

template <BroadcastType Dim, EltwiseBinaryType Op, auto... TwOptions>
ALWI void sfpu_bcast(uint32_t dst_data_idx, uint32_t dst_bcast_idx, TW_WHERE) {
    constexpr int function = Op == EltwiseBinaryType::ELWADD   ? TW_SFPU_add_bcast
                             : Op == EltwiseBinaryType::ELWSUB ? TW_SFPU_sub_bcast
                                                               : TW_SFPU_mul_bcast;
    MATH((tw_sfpu_binary(tw_self(), function, dst_data_idx, dst_bcast_idx, dst_data_idx, static_cast<uint32_t>(Dim), 0,
                         TW_SITE)));
}
// (data - mean) * inv_std
ALWI void sfpu_normalize_bcast_col(uint32_t dst_data_idx, uint32_t dst_mean_col_idx, uint32_t dst_inv_std_col_idx,
                                   TW_WHERE) {
    MATH((tw_sfpu_ternary(tw_self(), TW_SFPU_normalize_bcast, dst_data_idx, dst_mean_col_idx, dst_inv_std_col_idx,
                          dst_data_idx, TW_BCAST_COL, TW_SITE)));
}
ALWI void sfpu_normalize_bcast_col_two_tiles(uint32_t dst_data_idx, uint32_t dst_second_data_idx, uint32_t dst_mean_col_idx,
                                             uint32_t dst_inv_std_col_idx, TW_WHERE) {
    sfpu_normalize_bcast_col(dst_data_idx, dst_mean_col_idx, dst_inv_std_col_idx, tw_where);
    sfpu_normalize_bcast_col(dst_second_data_idx, dst_mean_col_idx, dst_inv_std_col_idx, tw_where);
}
ALWI void sfpu_normalize_bcast_scalar(uint32_t dst_data_idx, uint32_t dst_mean_scalar_idx, uint32_t dst_inv_std_scalar_idx,
                                      TW_WHERE) {
    MATH((tw_sfpu_ternary(tw_self(), TW_SFPU_normalize_bcast, dst_data_idx, dst_mean_scalar_idx, dst_inv_std_scalar_idx,
                          dst_data_idx, TW_BCAST_SCALAR, TW_SITE)));
}
// (data + residual - mean) * inv_std
ALWI void sfpu_residual_normalize_bcast_col(uint32_t dst_data_idx, uint32_t dst_residual_idx, uint32_t dst_mean_col_idx,
                                            uint32_t dst_inv_std_col_idx, TW_WHERE) {
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_add, dst_data_idx, dst_residual_idx, dst_data_idx, 0, 0, TW_SITE)));
    sfpu_normalize_bcast_col(dst_data_idx, dst_mean_col_idx, dst_inv_std_col_idx, tw_where);
}

}  // namespace ckernel
