// What a RISC knows of a remote circular buffer: another reading of the eight words of its local view (tw_local_cb), as in
// tt-metal, and the words at the start of the buffer's config in L1. The host writes the config when the buffer is made
// (src/program/global_circular_buffer); the launch fills the view from it.
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"

#include <cstddef>
#include <cstdint>

namespace tw {

// Byte offsets in the config. Position is where update_remote_cb_config_in_l1() leaves it.
inline constexpr uint32_t kRemoteCbIsSender = 0, kRemoteCbReceivers = 4, kRemoteCbStart = 8, kRemoteCbSize = 12;
inline constexpr uint32_t kRemoteCbPosition = 16, kRemoteCbPlaces = 20, kRemoteCbCounters = 24, kRemoteCbHeader = 32;
inline constexpr uint32_t kRemoteCbUnit = 16;  // bytes; pages are multiples of it

}  // namespace tw

inline constexpr uint32_t REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE = tw::kRemoteCbUnit;
inline constexpr uint32_t REMOTE_CB_PACKED_ADDR_MASK = 0x00FFFFFFu, REMOTE_CB_PACKED_COUNT_SHIFT = 24;

constexpr uint32_t remote_cb_num_receivers(uint32_t packed) {
    return packed >> REMOTE_CB_PACKED_COUNT_SHIFT;
}
constexpr uint32_t remote_cb_remote_pages_sent_ptr(uint32_t packed) {
    return packed & REMOTE_CB_PACKED_ADDR_MASK;
}

struct RemoteSenderCBInterface {
    uint32_t config_ptr;
    uint32_t fifo_start_addr;
    uint32_t fifo_limit_page_aligned;
    uint32_t fifo_page_size;
    uint32_t fifo_wr_ptr;
    uint32_t receiver_noc_xy_ptr;     // x, y of each receiver
    uint32_t aligned_pages_sent_ptr;  // of the first receiver; the counter of what it took is L1_ALIGNMENT further
    uint32_t num_receivers_and_remote_pages_sent_ptr;
};

struct RemoteReceiverCBInterface {
    uint32_t config_ptr;
    uint32_t fifo_start_addr;
    uint32_t fifo_limit_page_aligned;
    uint32_t fifo_page_size;
    uint32_t fifo_rd_ptr;
    uint16_t sender_noc_x;
    uint16_t sender_noc_y;
    uint32_t aligned_pages_acked_ptr;
    uint32_t remote_pages_acked_ptr;
};

static_assert(sizeof(RemoteSenderCBInterface) == sizeof(tw_local_cb) &&
              sizeof(RemoteReceiverCBInterface) == sizeof(tw_local_cb));
