// Running mean and variance on the vector unit; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

enum class WelfordInitMode : uint8_t { ClearStats, PreserveStats };
enum class TwoPassAccumulation : uint8_t { ShiftedSum, CentredM2 };
enum class TwoPassAnchor : uint8_t { Reuse, Initialise };

TW_NOT_PROVIDED(welford_init)
TW_NOT_PROVIDED(welford_reinit)
TW_NOT_PROVIDED(welford_clear)
TW_NOT_PROVIDED(welford_update)
TW_NOT_PROVIDED(welford_update_rows)
TW_NOT_PROVIDED(welford_save_state)
TW_NOT_PROVIDED(welford_restore_state)
TW_NOT_PROVIDED(welford_finalize_to_row)
TW_NOT_PROVIDED(welford_finalize_to_face)
TW_NOT_PROVIDED(two_pass_stats_init_shifted)
TW_NOT_PROVIDED(two_pass_stats_update_rows)
TW_NOT_PROVIDED(two_pass_stats_update_shifted_rows)
TW_NOT_PROVIDED(two_pass_stats_finish_shifted_mean)
TW_NOT_PROVIDED(two_pass_stats_clear)
TW_NOT_PROVIDED(two_pass_stats_save_state)
TW_NOT_PROVIDED(two_pass_stats_finalize_split_mean_to_row)
TW_NOT_PROVIDED(two_pass_stats_save_anchor)
TW_NOT_PROVIDED(two_pass_stats_restore_anchor)
TW_NOT_PROVIDED(two_pass_stats_save_anchor_to_state)
TW_NOT_PROVIDED(two_pass_stats_restore_anchor_from_state)
TW_NOT_PROVIDED(two_pass_stats_combine_block)
TW_NOT_PROVIDED(two_pass_stats_finalize_to_row)
TW_NOT_PROVIDED(two_pass_stats_finalize_to_face)
TW_NOT_PROVIDED(two_pass_stats_finalize_and_combine_to_face)
TW_NOT_PROVIDED(two_pass_stats_switch_group)

}  // namespace ckernel
