// Bitonic top-k on the vector unit: values in DST tiles idst and idst + 1, their indices in the two tiles after them.
//
// Sorting runs down the columns, over 64 positions. Equal values keep their order by a stable comparison (stable_sort), by
// keys made of value and index (fused), or by tags with the values' ranks in their free low bits (rank_stamped).
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

enum class TopkTieOrder : uint8_t { Unset, Ascending, Descending };
constexpr TopkTieOrder topk_tie_order_from_global_direction(bool descending) {
    return descending ? TopkTieOrder::Descending : TopkTieOrder::Ascending;
}

namespace detail {

template <bool stable_sort, bool fused, TopkTieOrder tie_order>
constexpr uint32_t topk_order() {
    static_assert(!stable_sort || tie_order != TopkTieOrder::Unset, "a stable top-k needs a tie_order");
    return fused ? 4u : stable_sort ? static_cast<uint32_t>(tie_order) : 0u;
}
template <uint32_t tag_bits>
constexpr uint32_t topk_tag_mask() {
    static_assert(tag_bits >= 6 && tag_bits <= 16, "rank tags have 6 to 16 bits");
    return (1u << tag_bits) - 1;
}
ALWI void topk_step(uint32_t function, uint32_t idst, uint32_t direction, uint32_t sizes, uint32_t order,
                    const tw_site* site) {
    MATH((tw_sfpu_group(tw_self(), function, idst, 4, direction, sizes, order, site)));
}
ALWI uint32_t topk_bytes(int a, int b, int c, int d) {
    return static_cast<uint32_t>(a) | static_cast<uint32_t>(b) << 8 | static_cast<uint32_t>(c) << 16 |
           static_cast<uint32_t>(d) << 24;
}

}  // namespace detail

template <bool fused = false, bool rank_stamped = false, uint32_t tag_bits = 16>
ALWI void topk_tile_init(TW_WHERE) {
    TW_CONFIG(topk_tile_init);
}

template <bool stable_sort = false, bool is_fp32_dest_acc_en = false, bool fused = false, bool rank_stamped = false,
          TopkTieOrder tie_order = TopkTieOrder::Unset>
ALWI void topk_local_sort(uint32_t idst, int idir, int i_end_phase, int i_start_phase = 0, int i_end_step = 0,
                          int i_start_step = 0, TW_WHERE) {
    TW_CONFIG(topk_local_sort);
    detail::topk_step(TW_SFPU_topk_local_sort, idst, static_cast<uint32_t>(idir),
                      detail::topk_bytes(i_start_phase, i_end_phase, i_start_step, i_end_step),
                      detail::topk_order<stable_sort, fused, tie_order>(), TW_SITE);
}
template <bool idir = false, bool stable_sort = false, bool is_fp32_dest_acc_en = false, bool fused = false,
          bool rank_stamped = false, TopkTieOrder tie_order = TopkTieOrder::Unset, uint32_t tag_bits = 16>
ALWI void topk_merge(uint32_t idst, int m_iter, int k, TW_WHERE) {
    TW_CONFIG(topk_merge);
    constexpr uint32_t tags = rank_stamped ? detail::topk_tag_mask<tag_bits>() << 8 : 0;
    detail::topk_step(TW_SFPU_topk_merge, idst, idir, detail::topk_bytes(k, m_iter, 0, 0),
                      detail::topk_order<stable_sort, fused, tie_order>() | tags, TW_SITE);
}
template <bool stable_sort = false, bool is_fp32_dest_acc_en = false, bool fused = false, bool rank_stamped = false,
          TopkTieOrder tie_order = TopkTieOrder::Unset>
ALWI void topk_rebuild(uint32_t idst, bool idir, int m_iter, int k, int logk, int skip_second, TW_WHERE) {
    TW_CONFIG(topk_rebuild);
    detail::topk_step(TW_SFPU_topk_rebuild, idst, idir | (skip_second ? 2u : 0u), detail::topk_bytes(k, m_iter, 0, 0),
                      detail::topk_order<stable_sort, fused, tie_order>(), TW_SITE);
}
template <bool is_fp32_dest_acc_en = false>
ALWI void topk_canonicalize_negzero_values(uint32_t idst, TW_WHERE) {
    MATH((tw_sfpu_group(tw_self(), TW_SFPU_topk_no_negative_zero, idst, 2, 0, 0, 0, TW_SITE)));
}

// Keys of value and index, in place of the value tiles; and back, the index tiles written anew.
template <bool largest>
ALWI void topk_fuse_tile(uint32_t idst, TW_WHERE) {
    detail::topk_step(TW_SFPU_topk_fuse, idst, largest, 0, 0, TW_SITE);
}
template <bool largest>
ALWI void topk_defuse_tile(uint32_t idst, uint32_t num_tiles, TW_WHERE) {
    detail::topk_step(TW_SFPU_topk_defuse, idst, largest, num_tiles, 0, TW_SITE);
}

// Tags: ranks rank_base, rank_base + 1 ... down the rows of one value tile, or 0 to 63 over both.
template <bool largest, uint32_t tag_bits = 16>
ALWI void topk_stamp_tile_rank_range(uint32_t idst, uint32_t dst_tile_index, uint32_t rank_base, TW_WHERE) {
    MATH((tw_sfpu_group(tw_self(), TW_SFPU_topk_stamp, idst + dst_tile_index, 1, largest, rank_base,
                        detail::topk_tag_mask<tag_bits>(), TW_SITE)));
}
template <bool largest, uint32_t tag_bits = 16>
ALWI void topk_stamp_local_positions(uint32_t idst, TW_WHERE) {
    topk_stamp_tile_rank_range<largest, tag_bits>(idst, 0, 0, tw_where);
    topk_stamp_tile_rank_range<largest, tag_bits>(idst, 1, 32, tw_where);
}
template <uint32_t tag_bits = 16, auto... TwOptions>
ALWI void topk_strip_rank_tags(uint32_t idst, TW_WHERE) {
    MATH((tw_sfpu_group(tw_self(), TW_SFPU_topk_keep_bits, idst, 1, ~detail::topk_tag_mask<tag_bits>(), 0, 0, TW_SITE)));
}

// A UInt16 datum in a 32-bit DST is the word's value here, and the packer takes it from there; on silicon it moves to the
// half that the packer reads.
template <auto... TwOptions>
ALWI void topk_uint16_move_dest_tile_to_pack_half(uint32_t idst, TW_WHERE) {
    MATH((tw_sfpu_group(tw_self(), TW_SFPU_topk_keep_bits, idst, 1, 0xffffu, 0, 0, TW_SITE)));
}
template <auto... TwOptions>
ALWI void topk_finalize_uint16_indices(uint32_t idst, TW_WHERE) {
    topk_uint16_move_dest_tile_to_pack_half(idst, tw_where);
}
ALWI void topk_uint16_prepare_value_tile_for_pack(uint32_t idst, TW_WHERE) {
#if defined(TOPK_UINT16_FP32_DEST) && TOPK_UINT16_FP32_DEST
    topk_uint16_move_dest_tile_to_pack_half(idst, tw_where);
#endif
}

}  // namespace ckernel
