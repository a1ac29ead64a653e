// Mean and variance of each column of a stream of tiles: Welford's running form, and the two-pass form. Results go to row 0
// of two DST tiles, so kernels transpose the data first to get statistics of rows.
//
// Tables of reciprocals are accepted and not needed: 1 / n is computed, rounded as the tables are.
#pragma once

#include "api/compute/common.h"
#include "tw/sfpu_call.h"

#include <array>

namespace ckernel {

enum class WelfordInitMode : uint8_t { ClearStats, PreserveStats };
enum class TwoPassAccumulation : uint8_t { ShiftedSum, CentredM2 };
enum class TwoPassAnchor : uint8_t { Reuse, Initialise };

template <WelfordInitMode mode = WelfordInitMode::ClearStats>
ALWI void welford_init() {
    if constexpr (mode == WelfordInitMode::ClearStats) MATH((tw_sfpu_clear_columns(tw_self())));
}
template <int Fp32 = -1>
ALWI void welford_reinit(uint32_t cbid, uint32_t call_line = 0) {}
ALWI void welford_clear() {
    MATH((tw_sfpu_clear_columns(tw_self())));
}

namespace detail {

ALWI void column_statistics(uint32_t function, uint32_t dst, uint32_t word, uint32_t start_row, uint32_t num_rows,
                            const tw_site* site) {
    MATH((tw_sfpu(tw_self(), function, 4, dst, word, start_row | num_rows << 16, 0, site)));
}

}  // namespace detail

template <size_t reciprocal_size>
ALWI void welford_update_rows(uint32_t input_dst_idx, uint32_t start_idx, uint32_t start_row, uint32_t num_rows,
                              const std::array<uint32_t, reciprocal_size>&, TW_WHERE) {
    detail::column_statistics(TW_SFPU_welford_update, input_dst_idx, start_idx, start_row, num_rows, TW_SITE);
}
template <size_t reciprocal_size>
ALWI void welford_update(uint32_t input_dst_idx, uint32_t start_idx, const std::array<uint32_t, reciprocal_size>&,
                         TW_WHERE) {
    detail::column_statistics(TW_SFPU_welford_update, input_dst_idx, start_idx, 0, 32, TW_SITE);
}

// Mean to DST[mean_dst_idx], M2 to the next tile, and back.
ALWI void welford_save_state(uint32_t mean_dst_idx, TW_WHERE) {
    detail::column_statistics(TW_SFPU_store_mean, mean_dst_idx, 0x3f800000u, 0, 0, TW_SITE);
    detail::column_statistics(TW_SFPU_store_m2, mean_dst_idx + 1, 0x3f800000u, 0, 0, TW_SITE);
}
ALWI void welford_restore_state(uint32_t mean_dst_idx, TW_WHERE) {
    detail::column_statistics(TW_SFPU_load_mean, mean_dst_idx, 0, 0, 0, TW_SITE);
    detail::column_statistics(TW_SFPU_load_m2, mean_dst_idx + 1, 0, 0, 0, TW_SITE);
}

// The variance is M2 / (scale_idx + 1).
template <size_t reciprocal_size>
ALWI void welford_finalize_to_row(uint32_t mean_dst_idx, uint32_t scale_idx, const std::array<uint32_t, reciprocal_size>&,
                                  TW_WHERE) {
    const uint32_t reciprocal = std::bit_cast<uint32_t>(1.0f / (static_cast<float>(scale_idx) + 1.0f));
    detail::column_statistics(TW_SFPU_store_mean, mean_dst_idx, 0x3f800000u, 0, 0, TW_SITE);
    detail::column_statistics(TW_SFPU_store_m2, mean_dst_idx + 1, reciprocal, 0, 0, TW_SITE);
}

// The two-pass form: sums of what is above an anchor, the mean, then squares of what is above the mean.
ALWI void two_pass_stats_init_shifted() {
    MATH((tw_sfpu_clear_columns(tw_self())));
}
ALWI void two_pass_stats_clear() {
    MATH((tw_sfpu_clear_columns(tw_self())));
}

template <TwoPassAccumulation accumulation, TwoPassAnchor anchor = TwoPassAnchor::Reuse, bool dual_accumulator = true>
ALWI void two_pass_stats_update_shifted_rows(uint32_t input_dst_idx, uint32_t start_row, uint32_t num_rows, TW_WHERE) {
    if constexpr (accumulation == TwoPassAccumulation::ShiftedSum) {
        detail::column_statistics(TW_SFPU_shifted_sum, input_dst_idx, anchor == TwoPassAnchor::Initialise, start_row,
                                  num_rows, TW_SITE);
    } else {
        detail::column_statistics(TW_SFPU_centred_squares, input_dst_idx, 0, start_row, num_rows, TW_SITE);
    }
}
template <bool dual_m2 = true>
ALWI void two_pass_stats_update_rows(uint32_t input_dst_idx, uint32_t start_row, uint32_t num_rows, TW_WHERE) {
    detail::column_statistics(TW_SFPU_centred_squares, input_dst_idx, 0, start_row, num_rows, TW_SITE);
}
template <bool dual_sum = true, bool retain_anchor = false>
ALWI void two_pass_stats_finish_shifted_mean(uint32_t reciprocal_bits, TW_WHERE) {
    detail::column_statistics(TW_SFPU_shifted_mean, 0, reciprocal_bits, 0, 0, TW_SITE);
}
template <bool dual_m2 = true>
ALWI void two_pass_stats_save_state(uint32_t mean_dst_idx, TW_WHERE) {
    welford_save_state(mean_dst_idx, tw_where);
}
template <bool dual_m2 = true, bool store_mean = true>
ALWI void two_pass_stats_finalize_to_row(uint32_t mean_dst_idx, uint32_t reciprocal_bits, TW_WHERE) {
    if constexpr (store_mean) detail::column_statistics(TW_SFPU_store_mean, mean_dst_idx, 0x3f800000u, 0, 0, TW_SITE);
    detail::column_statistics(TW_SFPU_store_m2, mean_dst_idx + 1, reciprocal_bits, 0, 0, TW_SITE);
}

// Statistics of groups of columns keep several states in one tile's faces.
TW_NOT_PROVIDED(welford_finalize_to_face)
TW_NOT_PROVIDED(two_pass_stats_finalize_split_mean_to_row)
TW_NOT_PROVIDED(two_pass_stats_save_anchor)
TW_NOT_PROVIDED(two_pass_stats_restore_anchor)
TW_NOT_PROVIDED(two_pass_stats_save_anchor_to_state)
TW_NOT_PROVIDED(two_pass_stats_restore_anchor_from_state)
TW_NOT_PROVIDED(two_pass_stats_combine_block)
TW_NOT_PROVIDED(two_pass_stats_finalize_to_face)
TW_NOT_PROVIDED(two_pass_stats_finalize_and_combine_to_face)
TW_NOT_PROVIDED(two_pass_stats_switch_group)

}  // namespace ckernel
