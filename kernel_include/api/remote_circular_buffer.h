// Circular buffers between cores: one sender fills the same buffer on all of its receivers (ttnn's global circular
// buffers).
//
// Positions and credits are in bytes and in units of 16 bytes, so that the page size may change while data is under way.
// For each receiver two counters of units ever sent and ever taken stand at one L1 address on both cores; the sender's copy
// of "sent" and the receiver's copy of "taken" are their own, the other two arrive over the NoC. What remains behind the
// last whole page of the buffer is skipped at each wrap, and counted as sent and taken, too.
#pragma once

#include "api/lock.h"
#include "internal/circular_buffer_interface.h"
#include "tw/attributes.h"
#include "tw/cb_interface.h"
#include "tw/l1.h"
#include "tw/remote_cb.h"

#include <cstddef>
#include <cstdint>

#if !defined(COMPILE_FOR_TRISC)
#include "api/dataflow/noc.h"
#endif

namespace experimental {

// Local indices over the same memory follow its position and its page-aligned end. At launch that has been done already.
template <uint32_t num_local_cbs>
FORCE_INLINE void align_local_cbs_to_remote_cb(uint32_t remote_cb_index,
                                               const uint32_t (&local_cb_indices)[num_local_cbs]) {
    const RemoteReceiverCBInterface& remote = get_remote_receiver_cb_interface(remote_cb_index);
    if (remote.fifo_start_addr == 0) return;  // this core has no part in it
    for (const uint32_t index : local_cb_indices) {
        LocalCBInterface& local = get_local_cb_interface(index);
        local.fifo_size = (remote.fifo_limit_page_aligned - remote.fifo_start_addr) >> cb_addr_shift;
        local.fifo_limit = remote.fifo_limit_page_aligned >> cb_addr_shift;
        local.fifo_num_pages = local.fifo_size / local.fifo_page_size;
        local.fifo_rd_ptr = local.fifo_wr_ptr = remote.fifo_rd_ptr >> cb_addr_shift;
    }
}

// Where the next program on this buffer goes on.
FORCE_INLINE void update_remote_cb_config_in_l1(uint32_t remote_cb_index) {
    const RemoteReceiverCBInterface& remote = get_remote_receiver_cb_interface(remote_cb_index);
    tw_store_word(tw_self(), remote.config_ptr + tw::kRemoteCbPosition, remote.fifo_rd_ptr);
}

#if !defined(COMPILE_FOR_TRISC)

namespace detail {

// Counters of the sender's i-th receiver are this far from those of its first.
inline constexpr uint32_t kCounterStride = 2 * L1_ALIGNMENT;

FORCE_INLINE uint32_t word(uint32_t address) {
    return tw_load_word(tw_self(), address);
}

template <class Interface>
FORCE_INLINE uint32_t fifo_size(const Interface& cb) {
    return word(cb.config_ptr + tw::kRemoteCbSize);
}

// Bytes that a step of `pages` takes: with the rest of the buffer where it reaches the last whole page's end.
template <class Interface>
FORCE_INLINE uint32_t bytes_of(const Interface& cb, uint32_t position, uint32_t pages) {
    const uint32_t bytes = pages * cb.fifo_page_size;
    if (position + bytes < cb.fifo_limit_page_aligned) return bytes;
    return bytes + cb.fifo_start_addr + fifo_size(cb) - cb.fifo_limit_page_aligned;
}

template <class Interface>
FORCE_INLINE uint32_t next_position(const Interface& cb, uint32_t position, uint32_t bytes) {
    const uint32_t next = position + bytes;
    return next < cb.fifo_limit_page_aligned ? next : cb.fifo_start_addr + (next - cb.fifo_limit_page_aligned);
}

// Tells the i-th receiver that `units` more have been sent.
FORCE_INLINE void credit_receiver(const RemoteSenderCBInterface& cb, uint32_t i, uint32_t units, uint8_t noc, bool posted,
                                  const tw_site* site) {
    const uint32_t sent = cb.aligned_pages_sent_ptr + i * kCounterStride;
    const uint32_t remote =
        remote_cb_remote_pages_sent_ptr(cb.num_receivers_and_remote_pages_sent_ptr) + i * kCounterStride;
    tw_fetch_add_word(tw_self(), sent, units);
    const uint32_t place = cb.receiver_noc_xy_ptr + 8 * i;
    // Linked: that the pages come before their count is this protocol's affair, and no kernel's.
    tw_noc_atomic_add(tw_self(), noc, tw::noc_unicast(word(place), word(place + 4), remote), units,
                      TW_NOC_LINKED | (posted ? TW_NOC_POSTED : 0), 1, site);
}

FORCE_INLINE void credit_sender(const RemoteReceiverCBInterface& cb, uint32_t units, uint8_t noc, bool posted,
                                const tw_site* site) {
    tw_fetch_add_word(tw_self(), cb.aligned_pages_acked_ptr, units);
    tw_noc_atomic_add(tw_self(), noc, tw::noc_unicast(cb.sender_noc_x, cb.sender_noc_y, cb.remote_pages_acked_ptr), units,
                      posted ? TW_NOC_POSTED : 0, 1, site);
}

FORCE_INLINE void wait_for_units(const RemoteReceiverCBInterface& cb, uint32_t units, const tw_site* site) {
    const uint32_t taken = word(cb.aligned_pages_acked_ptr);  // only this core adds to it
    tw_wait_word(tw_self(), cb.aligned_pages_acked_ptr - L1_ALIGNMENT, TW_AT_LEAST, taken + units, site);
}

// The position moves up to a multiple of the new page size; returns the units that this skips.
template <class Interface>
FORCE_INLINE uint32_t resize(Interface& cb, uint32_t& position, uint32_t page_size, const tw_site* site) {
    if (page_size == 0 || page_size % REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE != 0) {
        tw_assert_fail(tw_self(), "the page size of a remote circular buffer is a multiple of 16", site);
    }
    const uint32_t size = fifo_size(cb), start = cb.fifo_start_addr;
    cb.fifo_limit_page_aligned = start + size - size % page_size;
    cb.fifo_page_size = page_size;
    const uint32_t before = position;
    position = start + (before - start + page_size - 1) / page_size * page_size;
    if (position < cb.fifo_limit_page_aligned) return (position - before) / REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE;
    position = start;
    return (start + size - before) / REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE;
}

}  // namespace detail

template <bool update_remote_over_noc = false>
FORCE_INLINE void resize_remote_sender_cb_interface(uint32_t cb_id, uint32_t page_size, uint8_t noc, uint8_t = noc_mode,
                                                    bool posted = true, uint8_t = write_at_cmd_buf, TW_WHERE) {
    RemoteSenderCBInterface& cb = get_remote_sender_cb_interface(cb_id);
    const uint32_t skipped = detail::resize(cb, cb.fifo_wr_ptr, page_size, TW_SITE);
    if constexpr (update_remote_over_noc) {
        const uint32_t receivers = remote_cb_num_receivers(cb.num_receivers_and_remote_pages_sent_ptr);
        for (uint32_t i = 0; skipped != 0 && i < receivers; i++) {
            detail::credit_receiver(cb, i, skipped, noc, posted, TW_SITE);
        }
    }
}

template <bool update_remote_over_noc = false>
FORCE_INLINE void resize_remote_receiver_cb_interface(uint32_t cb_id, uint32_t page_size, uint8_t noc, uint8_t = noc_mode,
                                                      bool posted = true, uint8_t = write_at_cmd_buf, TW_WHERE) {
    RemoteReceiverCBInterface& cb = get_remote_receiver_cb_interface(cb_id);
    const uint32_t skipped = detail::resize(cb, cb.fifo_rd_ptr, page_size, TW_SITE);
    if constexpr (update_remote_over_noc) {
        if (skipped == 0) return;
        detail::wait_for_units(cb, skipped, TW_SITE);  // taken never runs ahead of sent
        detail::credit_sender(cb, skipped, noc, posted, TW_SITE);
    }
}

// ---------------------------------------------------------------- the sender
FORCE_INLINE void remote_cb_reserve_back(uint32_t cb_id, uint32_t num_pages, TW_WHERE) {
    const RemoteSenderCBInterface& cb = get_remote_sender_cb_interface(cb_id);
    const uint32_t units = detail::bytes_of(cb, cb.fifo_wr_ptr, num_pages) / REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE;
    const uint32_t capacity = detail::fifo_size(cb) / REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE;
    if (units > capacity) tw_assert_fail(tw_self(), "a remote circular buffer holds the pages that are reserved", TW_SITE);
    const uint32_t receivers = remote_cb_num_receivers(cb.num_receivers_and_remote_pages_sent_ptr);
    for (uint32_t i = 0; i < receivers; i++) {
        const uint32_t counters = cb.aligned_pages_sent_ptr + i * detail::kCounterStride;
        const uint32_t sent = detail::word(counters);  // only this core adds to it
        if (sent + units <= capacity) continue;
        tw_wait_word(tw_self(), counters + L1_ALIGNMENT, TW_AT_LEAST, sent + units - capacity, TW_SITE);
    }
}

// The block in local memory has `num_rows` rows; in each, every receiver has its own run of pages, one after the other.
template <bool skip_ptr_update = true>
FORCE_INLINE void remote_cb_push_back_and_write_pages(uint32_t cb_id, uint32_t local_cb_addr, uint32_t num_pages,
                                                      uint32_t num_rows, uint32_t coalesced_num_pages_per_row,
                                                      uint32_t coalesced_page_size, uint8_t noc = noc_index, TW_WHERE) {
    constexpr bool posted = skip_ptr_update;
    RemoteSenderCBInterface& cb = get_remote_sender_cb_interface(cb_id);
    const uint32_t receivers = remote_cb_num_receivers(cb.num_receivers_and_remote_pages_sent_ptr);
    const uint32_t bytes = detail::bytes_of(cb, cb.fifo_wr_ptr, num_pages);
    const uint32_t run = coalesced_num_pages_per_row * coalesced_page_size;
    const uint32_t end = cb.fifo_wr_ptr + num_rows * run;
    if (end > cb.fifo_limit_page_aligned) {
        tw_assert_fail(tw_self(), "pages that are pushed at once lie together in a remote circular buffer", TW_SITE);
    }
    for (uint32_t i = 0; i < receivers; i++) {
        const uint32_t place = cb.receiver_noc_xy_ptr + 8 * i;
        const uint32_t x = detail::word(place), y = detail::word(place + 4);
        uint32_t to = cb.fifo_wr_ptr;
        for (uint32_t row = 0; row < num_rows; row++) {
            uint32_t from = local_cb_addr + (row * receivers + i) * run;
            for (uint32_t page = 0; page < coalesced_num_pages_per_row; page++) {
                tw::write<posted>(from, tw::noc_unicast(x, y, to), coalesced_page_size, noc, tw::write_trid(noc), TW_SITE);
                from += coalesced_page_size;
                to += coalesced_page_size;
            }
        }
        detail::credit_receiver(cb, i, bytes / REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE, noc, posted, TW_SITE);
    }
    cb.fifo_wr_ptr = end == cb.fifo_limit_page_aligned ? cb.fifo_start_addr : end;
}

// Until the receivers have taken everything.
FORCE_INLINE void remote_cb_sender_barrier(uint32_t cb_id, TW_WHERE) {
    const RemoteSenderCBInterface& cb = get_remote_sender_cb_interface(cb_id);
    const uint32_t receivers = remote_cb_num_receivers(cb.num_receivers_and_remote_pages_sent_ptr);
    for (uint32_t i = 0; i < receivers; i++) {
        const uint32_t counters = cb.aligned_pages_sent_ptr + i * detail::kCounterStride;
        tw_wait_word(tw_self(), counters + L1_ALIGNMENT, TW_EQUAL, detail::word(counters), TW_SITE);
    }
}

// ---------------------------------------------------------------- a receiver
FORCE_INLINE void remote_cb_wait_front(uint32_t cb_id, uint32_t num_pages, TW_WHERE) {
    const RemoteReceiverCBInterface& cb = get_remote_receiver_cb_interface(cb_id);
    const uint32_t bytes = detail::bytes_of(cb, cb.fifo_rd_ptr, num_pages);
    if (bytes > detail::fifo_size(cb)) {
        tw_assert_fail(tw_self(), "a remote circular buffer holds the pages that are waited for", TW_SITE);
    }
    detail::wait_for_units(cb, bytes / REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE, TW_SITE);
}

FORCE_INLINE void remote_cb_pop_front(uint32_t cb_id, uint32_t num_pages, uint8_t noc = noc_index, TW_WHERE) {
    RemoteReceiverCBInterface& cb = get_remote_receiver_cb_interface(cb_id);
    const uint32_t bytes = detail::bytes_of(cb, cb.fifo_rd_ptr, num_pages);
    cb.fifo_rd_ptr = detail::next_position(cb, cb.fifo_rd_ptr, num_pages * cb.fifo_page_size);
    detail::credit_sender(cb, bytes / REMOTE_CIRCULAR_BUFFER_ALIGNED_PAGE_SIZE, noc, false, TW_SITE);
}

class RemoteCircularBuffer {
public:
    enum class RemotePointerUpdate { SKIP, UPDATE_OVER_NOC };

    explicit RemoteCircularBuffer(uint32_t remote_cb_index) : index_(remote_cb_index) {}

    void reserve_back(uint32_t num_pages, TW_WHERE) { remote_cb_reserve_back(index_, num_pages, tw_where); }
    template <class Src, RemotePointerUpdate update = RemotePointerUpdate::UPDATE_OVER_NOC>
    void push_back(Noc& noc, const Src& src, uint32_t num_pages, uint32_t num_rows, uint32_t coalesced_num_pages_per_row,
                   uint32_t coalesced_page_size, const typename noc_traits_t<Src>::src_args_type& src_args = {}, TW_WHERE) {
        const auto from = noc_traits_t<Src>::template src_addr<Noc::AddressType::LOCAL_L1>(src, noc, src_args);
        remote_cb_push_back_and_write_pages<update == RemotePointerUpdate::UPDATE_OVER_NOC>(
            index_, static_cast<uint32_t>(from), num_pages, num_rows, coalesced_num_pages_per_row, coalesced_page_size,
            noc.get_noc_id(), tw_where);
    }
    void barrier(TW_WHERE) { remote_cb_sender_barrier(index_, tw_where); }

    void wait_front(uint32_t num_pages, TW_WHERE) { remote_cb_wait_front(index_, num_pages, tw_where); }
    void pop_front(Noc& noc, uint32_t num_pages, TW_WHERE) {
        remote_cb_pop_front(index_, num_pages, noc.get_noc_id(), tw_where);
    }

    // As upstream has it, each of these two sets the page size of the other side than its name says.
    template <RemotePointerUpdate update = RemotePointerUpdate::UPDATE_OVER_NOC>
    void set_sender_page_size(Noc& noc, uint32_t page_size, uint8_t mode = noc_mode, bool posted = true,
                              uint8_t cmd_buf = write_at_cmd_buf, TW_WHERE) {
        resize_remote_receiver_cb_interface<update == RemotePointerUpdate::UPDATE_OVER_NOC>(
            index_, page_size, noc.get_noc_id(), mode, posted, cmd_buf, tw_where);
    }
    template <RemotePointerUpdate update = RemotePointerUpdate::UPDATE_OVER_NOC>
    void set_receiver_page_size(Noc& noc, uint32_t page_size, uint8_t mode = noc_mode, bool posted = true,
                                uint8_t cmd_buf = write_at_cmd_buf, TW_WHERE) {
        resize_remote_sender_cb_interface<update == RemotePointerUpdate::UPDATE_OVER_NOC>(
            index_, page_size, noc.get_noc_id(), mode, posted, cmd_buf, tw_where);
    }

    void commit() { update_remote_cb_config_in_l1(index_); }
    [[nodiscard]] auto scoped_lock() {
        return Lock([] {});
    }

private:
    uint32_t index_;
};

#endif

}  // namespace experimental
