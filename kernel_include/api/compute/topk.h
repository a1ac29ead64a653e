// Bitonic top-k on the vector unit; not provided yet.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

enum class TopkTieOrder : uint8_t { Unset, Ascending, Descending };
constexpr TopkTieOrder topk_tie_order_from_global_direction(bool descending) {
    return descending ? TopkTieOrder::Descending : TopkTieOrder::Ascending;
}

TW_NOT_PROVIDED(topk_local_sort)
TW_NOT_PROVIDED(topk_merge)
TW_NOT_PROVIDED(topk_rebuild)
TW_NOT_PROVIDED(topk_tile_init)
TW_NOT_PROVIDED(topk_fuse_tile)
TW_NOT_PROVIDED(topk_defuse_tile)
TW_NOT_PROVIDED(topk_stamp_local_positions)
TW_NOT_PROVIDED(topk_stamp_tile_rank_range)
TW_NOT_PROVIDED(topk_canonicalize_negzero_values)
TW_NOT_PROVIDED(topk_strip_rank_tags)
TW_NOT_PROVIDED(topk_finalize_uint16_indices)
TW_NOT_PROVIDED(topk_uint16_prepare_value_tile_for_pack)
TW_NOT_PROVIDED(topk_uint16_move_dest_tile_to_pack_half)

}  // namespace ckernel
