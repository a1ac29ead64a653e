// Mean and variance of each column of a stream of tiles: Welford's running form, and the two-pass form. Kernels transpose
// the data first to get statistics of rows.
//
// Results go to row 0 of two DST tiles, or to the lanes of a group: 64 values of a tile for each of 16 groups, the columns'
// values in the order in which the unit holds them. Tables of reciprocals are accepted and not needed: 1 / n is computed,
// rounded as the tables are.
#pragma once

#include "api/compute/common.h"
#include "tw/sfpu_call.h"

#include <array>

namespace ckernel {

enum class WelfordInitMode : uint8_t { ClearStats, PreserveStats };
enum class TwoPassAccumulation : uint8_t { ShiftedSum, CentredM2 };
enum class TwoPassAnchor : uint8_t { Reuse, Initialise };

template <WelfordInitMode mode = WelfordInitMode::ClearStats>
ALWI void welford_init(TW_WHERE) {
    TW_CONFIG(welford_init);
    if constexpr (mode == WelfordInitMode::ClearStats) MATH((tw_sfpu_clear_columns(tw_self())));
}
template <int Fp32 = -1>
ALWI void welford_reinit(uint32_t cbid, uint32_t call_line = 0) {}
ALWI void welford_clear() {
    MATH((tw_sfpu_clear_columns(tw_self())));
}

namespace detail {

constexpr uint32_t kOne = 0x3f800000u;
// What the unit keeps for each column (src/tile/sfpu.h).
constexpr uint32_t kMeanState = 0, kSumState = 1, kAnchorState = 3;

ALWI uint32_t reciprocal_of(uint32_t index) {
    return std::bit_cast<uint32_t>(1.0f / (static_cast<float>(index) + 1.0f));
}
ALWI void column_statistics(uint32_t function, uint32_t dst, uint32_t p0, uint32_t p1, uint32_t p2, const tw_site* site) {
    MATH((tw_sfpu(tw_self(), function, 4, dst, p0, p1, p2, site)));
}
ALWI void sum_rows(uint32_t function, uint32_t dst, uint32_t p0, uint32_t start_row, uint32_t num_rows, bool dual,
                   const tw_site* site) {
    column_statistics(function, dst, p0, start_row | num_rows << 16, dual, site);
}
ALWI void fold_sums(bool dual, uint32_t dst, const tw_site* site) {
    if (dual) column_statistics(TW_SFPU_fold_sums, dst, 0, 0, 0, site);
}
// Mean, and M2 times a factor, to row 0 or to a group's lanes of two tiles.
ALWI void store_to_row(uint32_t dst, uint32_t factor, const tw_site* site) {
    column_statistics(TW_SFPU_store_state_row, dst, kOne, kMeanState, 0, site);
    column_statistics(TW_SFPU_store_state_row, dst + 1, factor, kSumState, 0, site);
}
ALWI void store_to_lanes(uint32_t dst, uint32_t factor, uint32_t group, const tw_site* site) {
    column_statistics(TW_SFPU_store_state_lanes, dst, kOne, kMeanState, group, site);
    column_statistics(TW_SFPU_store_state_lanes, dst + 1, factor, kSumState, group, site);
}

}  // namespace detail

template <size_t reciprocal_size>
ALWI void welford_update_rows(uint32_t input_dst_idx, uint32_t start_idx, uint32_t start_row, uint32_t num_rows,
                              const std::array<uint32_t, reciprocal_size>&, TW_WHERE) {
    TW_CONFIG(welford_update_rows);
    detail::sum_rows(TW_SFPU_welford_update, input_dst_idx, start_idx, start_row, num_rows, false, TW_SITE);
}
template <size_t reciprocal_size>
ALWI void welford_update(uint32_t input_dst_idx, uint32_t start_idx, const std::array<uint32_t, reciprocal_size>&,
                         TW_WHERE) {
    TW_CONFIG(welford_update);
    detail::sum_rows(TW_SFPU_welford_update, input_dst_idx, start_idx, 0, 32, false, TW_SITE);
}

// Mean to DST[mean_dst_idx], M2 to the next tile, and back.
ALWI void welford_save_state(uint32_t mean_dst_idx, uint32_t group_id, TW_WHERE) {
    detail::store_to_lanes(mean_dst_idx, detail::kOne, group_id, TW_SITE);
}
ALWI void welford_save_state(uint32_t mean_dst_idx, TW_WHERE) {
    welford_save_state(mean_dst_idx, 0, tw_where);
}
ALWI void welford_restore_state(uint32_t mean_dst_idx, uint32_t group_id, TW_WHERE) {
    detail::column_statistics(TW_SFPU_load_state_lanes, mean_dst_idx, 0, detail::kMeanState, group_id, TW_SITE);
    detail::column_statistics(TW_SFPU_load_state_lanes, mean_dst_idx + 1, 0, detail::kSumState, group_id, TW_SITE);
}
ALWI void welford_restore_state(uint32_t mean_dst_idx, TW_WHERE) {
    welford_restore_state(mean_dst_idx, 0, tw_where);
}

// The variance is M2 / (scale_idx + 1).
template <size_t reciprocal_size>
ALWI void welford_finalize_to_row(uint32_t mean_dst_idx, uint32_t scale_idx, const std::array<uint32_t, reciprocal_size>&,
                                  TW_WHERE) {
    detail::store_to_row(mean_dst_idx, detail::reciprocal_of(scale_idx), TW_SITE);
}
template <size_t reciprocal_size>
ALWI void welford_finalize_to_face(uint32_t mean_dst_idx, uint32_t group_id, uint32_t scale_idx,
                                   const std::array<uint32_t, reciprocal_size>&, TW_WHERE) {
    detail::store_to_lanes(mean_dst_idx, detail::reciprocal_of(scale_idx), group_id, TW_SITE);
}
template <size_t reciprocal_size>
ALWI void welford_finalize_to_face(uint32_t mean_dst_idx, uint32_t scale_idx,
                                   const std::array<uint32_t, reciprocal_size>& reciprocals, TW_WHERE) {
    welford_finalize_to_face(mean_dst_idx, 0, scale_idx, reciprocals, tw_where);
}

// The two-pass form: sums of what is above an anchor, the mean, then squares of what is above the mean.
ALWI void two_pass_stats_init_shifted() {}
ALWI void two_pass_stats_clear() {
    MATH((tw_sfpu_clear_columns(tw_self())));
}

template <bool dual_m2 = true>
ALWI void two_pass_stats_update_rows(uint32_t input_dst_idx, uint32_t start_row, uint32_t num_rows, TW_WHERE) {
    detail::sum_rows(TW_SFPU_centred_squares, input_dst_idx, 0, start_row, num_rows, dual_m2, TW_SITE);
}
template <TwoPassAccumulation accumulation, TwoPassAnchor anchor = TwoPassAnchor::Reuse, bool dual_accumulator = true>
ALWI void two_pass_stats_update_shifted_rows(uint32_t input_dst_idx, uint32_t start_row, uint32_t num_rows, TW_WHERE) {
    if constexpr (accumulation == TwoPassAccumulation::ShiftedSum) {
        detail::sum_rows(TW_SFPU_shifted_sum, input_dst_idx, anchor == TwoPassAnchor::Initialise, start_row, num_rows,
                         dual_accumulator, TW_SITE);
    } else {
        two_pass_stats_update_rows<dual_accumulator>(input_dst_idx, start_row, num_rows, tw_where);
    }
}
template <bool dual_sum = true, bool retain_anchor = false>
ALWI void two_pass_stats_finish_shifted_mean(uint32_t reciprocal_bits, TW_WHERE) {
    detail::column_statistics(TW_SFPU_shifted_mean, 0, reciprocal_bits, retain_anchor, dual_sum, TW_SITE);
}
template <bool dual_m2 = true>
ALWI void two_pass_stats_save_state(uint32_t mean_dst_idx, TW_WHERE) {
    detail::fold_sums(dual_m2, mean_dst_idx, TW_SITE);
    welford_save_state(mean_dst_idx, tw_where);
}
template <bool dual_m2 = true, bool store_mean = true>
ALWI void two_pass_stats_finalize_to_row(uint32_t mean_dst_idx, uint32_t reciprocal_bits, TW_WHERE) {
    detail::fold_sums(dual_m2, mean_dst_idx + 1, TW_SITE);
    if constexpr (store_mean) {
        detail::store_to_row(mean_dst_idx, reciprocal_bits, TW_SITE);
    } else {
        detail::column_statistics(TW_SFPU_store_state_row, mean_dst_idx + 1, reciprocal_bits, detail::kSumState, 0,
                                  TW_SITE);
    }
}
template <bool dual_m2 = true>
ALWI void two_pass_stats_finalize_to_face(uint32_t mean_dst_idx, uint32_t group_id, uint32_t reciprocal_bits, TW_WHERE) {
    detail::fold_sums(dual_m2, mean_dst_idx, TW_SITE);
    detail::store_to_lanes(mean_dst_idx, reciprocal_bits, group_id, TW_SITE);
}
// Statistics of all 32 columns together; a third tile is scratch on silicon.
template <bool dual_m2 = true, bool average_variance = true>
ALWI void two_pass_stats_finalize_and_combine_to_face(uint32_t mean_dst_idx, uint32_t group_id, uint32_t reciprocal_bits,
                                                      TW_WHERE) {
    detail::fold_sums(dual_m2, mean_dst_idx, TW_SITE);
    MATH((tw_sfpu_group(tw_self(), TW_SFPU_combine_columns, mean_dst_idx, 2, reciprocal_bits, group_id, average_variance,
                        TW_SITE)));
}
// Row 0 of the first tile is the anchor, row 16 anchor - mean; the next tile has the variance.
template <bool dual_m2 = true>
ALWI void two_pass_stats_finalize_split_mean_to_row(uint32_t mean_dst_idx, uint32_t reciprocal_bits, TW_WHERE) {
    detail::fold_sums(dual_m2, mean_dst_idx, TW_SITE);
    detail::column_statistics(TW_SFPU_store_split_mean, mean_dst_idx, 0, 0, 0, TW_SITE);
    detail::column_statistics(TW_SFPU_store_state_row, mean_dst_idx + 1, reciprocal_bits, detail::kSumState, 0, TW_SITE);
}
// Merges this block's statistics with those saved in two tiles.
template <bool dual_m2 = true>
ALWI void two_pass_stats_combine_block(uint32_t mean_dst_idx, uint32_t total_reciprocal_bits, uint32_t block_n_bits,
                                       TW_WHERE) {
    detail::fold_sums(dual_m2, mean_dst_idx, TW_SITE);
    MATH((
        tw_sfpu_group(tw_self(), TW_SFPU_combine_block, mean_dst_idx, 2, total_reciprocal_bits, block_n_bits, 0, TW_SITE)));
}
template <bool dual_accumulator>
ALWI void two_pass_stats_switch_group(uint32_t mean_dst_idx, uint32_t save_group_id, uint32_t restore_group_id, TW_WHERE) {
    static_assert(!dual_accumulator, "a group's state is a single sum");
    welford_save_state(mean_dst_idx, save_group_id, tw_where);
    welford_restore_state(mean_dst_idx, restore_group_id, tw_where);
}

// The anchor that finish_shifted_mean has retained, in a tile of its own or beside a saved mean.
ALWI void two_pass_stats_save_anchor(uint32_t anchor_dst_idx, TW_WHERE) {
    detail::column_statistics(TW_SFPU_store_state_lanes, anchor_dst_idx, detail::kOne, detail::kAnchorState, 0, TW_SITE);
}
ALWI void two_pass_stats_restore_anchor(uint32_t anchor_dst_idx, TW_WHERE) {
    detail::column_statistics(TW_SFPU_load_state_lanes, anchor_dst_idx, 0, detail::kAnchorState, 0, TW_SITE);
}
ALWI void two_pass_stats_save_anchor_to_state(uint32_t mean_dst_idx, TW_WHERE) {
    detail::column_statistics(TW_SFPU_store_state_lanes, mean_dst_idx, detail::kOne, detail::kAnchorState, 1, TW_SITE);
}
ALWI void two_pass_stats_restore_anchor_from_state(uint32_t mean_dst_idx, TW_WHERE) {
    detail::column_statistics(TW_SFPU_load_state_lanes, mean_dst_idx, 0, detail::kAnchorState, 1, TW_SITE);
}

}  // namespace ckernel
