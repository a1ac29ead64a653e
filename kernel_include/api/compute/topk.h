// Bitonic top-k on the vector unit: values in DST tiles idst and idst + 1, their indices in the two tiles after them.
//
// Sorting runs down the columns, over 64 positions. What keeps ties in order on silicon, packed or tagged keys, is not
// provided; the stable comparison (stable_sort) is.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

enum class TopkTieOrder : uint8_t { Unset, Ascending, Descending };
constexpr TopkTieOrder topk_tie_order_from_global_direction(bool descending) {
    return descending ? TopkTieOrder::Descending : TopkTieOrder::Ascending;
}

namespace detail {

template <bool stable_sort, bool fused, bool rank_stamped, TopkTieOrder tie_order>
constexpr uint32_t topk_order() {
    static_assert(!fused, "not implemented in tilewright: top-k of packed values and indices (fused)");
    static_assert(!rank_stamped, "not implemented in tilewright: top-k of values with rank tags (rank_stamped)");
    static_assert(!stable_sort || tie_order != TopkTieOrder::Unset, "a stable top-k needs a tie_order");
    return stable_sort ? static_cast<uint32_t>(tie_order) : 0u;
}
ALWI void topk_step(uint32_t function, uint32_t idst, uint32_t direction, uint32_t sizes, uint32_t order,
                    const tw_site* site) {
    MATH((tw_sfpu_group(tw_self(), function, idst, 4, direction, sizes, order, site)));
}

}  // namespace detail

template <bool fused = false, bool rank_stamped = false, uint32_t tag_bits = 16>
ALWI void topk_tile_init() {}

template <bool stable_sort = false, bool is_fp32_dest_acc_en = false, bool fused = false, bool rank_stamped = false,
          TopkTieOrder tie_order = TopkTieOrder::Unset>
ALWI void topk_local_sort(uint32_t idst, int idir, int i_end_phase, int i_start_phase = 0, int i_end_step = 0,
                          int i_start_step = 0, TW_WHERE) {
    if (__builtin_expect(i_start_step != 0 || i_end_step != 0, 0))
        tw_unimplemented(tw_self(), "topk_local_sort by single steps", TW_SITE);
    detail::topk_step(TW_SFPU_topk_local_sort, idst, static_cast<uint32_t>(idir),
                      static_cast<uint32_t>(i_start_phase) | static_cast<uint32_t>(i_end_phase) << 8,
                      detail::topk_order<stable_sort, fused, rank_stamped, tie_order>(), TW_SITE);
}
template <bool idir = false, bool stable_sort = false, bool is_fp32_dest_acc_en = false, bool fused = false,
          bool rank_stamped = false, TopkTieOrder tie_order = TopkTieOrder::Unset, uint32_t tag_bits = 16>
ALWI void topk_merge(uint32_t idst, int m_iter, int k, TW_WHERE) {
    detail::topk_step(TW_SFPU_topk_merge, idst, idir, static_cast<uint32_t>(k) | static_cast<uint32_t>(m_iter) << 8,
                      detail::topk_order<stable_sort, fused, rank_stamped, tie_order>(), TW_SITE);
}
template <bool stable_sort = false, bool is_fp32_dest_acc_en = false, bool fused = false, bool rank_stamped = false,
          TopkTieOrder tie_order = TopkTieOrder::Unset>
ALWI void topk_rebuild(uint32_t idst, bool idir, int m_iter, int k, int logk, int skip_second, TW_WHERE) {
    detail::topk_step(TW_SFPU_topk_rebuild, idst, idir | (skip_second ? 2u : 0u),
                      static_cast<uint32_t>(k) | static_cast<uint32_t>(m_iter) << 8,
                      detail::topk_order<stable_sort, fused, rank_stamped, tie_order>(), TW_SITE);
}
template <bool is_fp32_dest_acc_en = false>
ALWI void topk_canonicalize_negzero_values(uint32_t idst, TW_WHERE) {
    MATH((tw_sfpu_group(tw_self(), TW_SFPU_topk_no_negative_zero, idst, 2, 0, 0, 0, TW_SITE)));
}

TW_NOT_PROVIDED(topk_fuse_tile)
TW_NOT_PROVIDED(topk_defuse_tile)
TW_NOT_PROVIDED(topk_stamp_local_positions)
TW_NOT_PROVIDED(topk_stamp_tile_rank_range)
TW_NOT_PROVIDED(topk_strip_rank_tags)
TW_NOT_PROVIDED(topk_finalize_uint16_indices)
TW_NOT_PROVIDED(topk_uint16_prepare_value_tile_for_pack)
TW_NOT_PROVIDED(topk_uint16_move_dest_tile_to_pack_half)

}  // namespace ckernel
