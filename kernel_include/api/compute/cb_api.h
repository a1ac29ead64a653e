// Circular buffers from the compute threads: waiting and popping belong to UNPACK, reserving and pushing to PACK; the other
// threads fall through (docs/upstream-api.md K3).
#pragma once

#include "api/compute/common_globals.h"

namespace ckernel {

ALWI void cb_wait_front(uint32_t cbid, uint32_t ntiles, TW_WHERE) {
    UNPACK((tw_cb_wait_front(tw_self(), cbid, ntiles, TW_SITE)));
}

ALWI void cb_pop_front(uint32_t cbid, uint32_t ntiles, TW_WHERE) {
    UNPACK((tw_cb_pop_front(tw_self(), cbid, ntiles, TW_SITE)));
}

ALWI void cb_reserve_back(uint32_t cbid, uint32_t ntiles, TW_WHERE) {
    PACK((tw_cb_reserve_back(tw_self(), cbid, ntiles, TW_SITE)));
}

ALWI void cb_push_back(uint32_t cbid, uint32_t ntiles, TW_WHERE) {
    PACK((tw_cb_push_back(tw_self(), cbid, ntiles, TW_SITE)));
}

#if defined(TRISC_UNPACK)
// The L1 address of a tile; on UNPACK only.
template <int D = 0>
ALWI uint32_t get_tile_l1_byte_address(uint32_t cb_id, uint32_t tile_index, TW_WHERE) {
    return tw_unpack_tile_address(tw_self(), cb_id, tw::format_at<D>(cb_id), tile_index, TW_SITE);
}
#else
TW_REFUSED(get_tile_l1_byte_address)
#endif

// UNPACK knows where the tile is and mails it to the other two, so that all three return the same number.
template <int D = 0>
ALWI uint32_t get_tile_address(uint32_t cb_id, uint32_t tile_index, TW_WHERE) {
    uint32_t address = 0;
    UNPACK((address = tw_unpack_tile_address(tw_self(), cb_id, tw::format_at<D>(cb_id), tile_index, TW_SITE)));
    UNPACK((tw_mailbox_write(tw_self(), TW_TRISC_MATH, address, TW_SITE)));
    UNPACK((tw_mailbox_write(tw_self(), TW_TRISC_PACK, address, TW_SITE)));
    MATH((address = tw_mailbox_read(tw_self(), TW_TRISC_UNPACK, TW_SITE)));
    PACK((address = tw_mailbox_read(tw_self(), TW_TRISC_UNPACK, TW_SITE)));
    return address;
}

// The element_offset-th 32-bit word of a tile.
template <int D = 0>
ALWI uint32_t read_tile_value(uint32_t cb_id, uint32_t tile_index, uint32_t element_offset, TW_WHERE) {
    uint32_t value = 0;
    UNPACK((value = tw_load_word(tw_self(),
                                 tw_unpack_tile_address(tw_self(), cb_id, tw::format_at<D>(cb_id), tile_index, TW_SITE) +
                                     element_offset * 4)));
    UNPACK((tw_mailbox_write(tw_self(), TW_TRISC_MATH, value, TW_SITE)));
    UNPACK((tw_mailbox_write(tw_self(), TW_TRISC_PACK, value, TW_SITE)));
    MATH((value = tw_mailbox_read(tw_self(), TW_TRISC_UNPACK, TW_SITE)));
    PACK((value = tw_mailbox_read(tw_self(), TW_TRISC_UNPACK, TW_SITE)));
    return value;
}

}  // namespace ckernel
