// What a processor has asked of the NoC, and how far each transfer has come as far as the *kernel* may know. Kept with the
// processor; src/noc fills and lands it, core/order.h finds what a kernel does too early.
//
// Two things are told apart. Whether the bytes have moved (`landed`) is our doing: at the call, at a flag that silicon
// keeps behind them, or late. What the kernel may rely on is its own: a read is over when a barrier said so, a write's
// source is free when a flush said so, a write has arrived when a barrier said so. An entry stays in its list until the
// kernel has asked, however early its bytes moved; so a missing barrier is found in every schedule.
#pragma once

#include "tw/abi.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tw {

struct Processor;

constexpr bool overlap(uint32_t a, uint32_t a_bytes, uint32_t b, uint32_t b_bytes) {
    return a < b + uint64_t{b_bytes} && b < a + uint64_t{a_bytes};
}

struct PendingRead {
    const uint8_t* source;
    uint8_t* destination;
    const tw_site* site;
    uint32_t local;  // L1 offset of the destination
    uint32_t bytes, trid;
    uint32_t id;  // sequence of its record; 0: none
    bool landed;
};

struct PendingWrite {
    const uint8_t* source;  // null: zeros
    uint8_t* destination;   // unicast
    uint64_t address;       // NoC address of the destination, or of the rectangle
    tw_core* target;        // unicast into a running core's L1
    const tw_site* site;
    uint64_t digest;  // of the source when it was issued
    uint32_t local;   // L1 offset of the source
    uint32_t bytes, trid;
    uint32_t flags;
    uint32_t id;  // sequence of its record; 0: none

    bool is_into_memory() const { return !target && !(flags & TW_NOC_MULTICAST); }
};

// Entries, and the range of L1 that they lie in: most questions are answered by the range alone.
template <class Entry>
class InFlight {
public:
    bool empty() const { return entries_.empty(); }
    size_t size() const { return entries_.size(); }
    void add(const Entry& e) {
        entries_.push_back(e);
        low_ = std::min(low_, e.local);
        high_ = std::max(high_, e.local + e.bytes);
    }
    bool may_touch(uint32_t address, uint32_t bytes) const { return overlap(address, bytes, low_, high_ - low_); }
    auto begin() { return entries_.begin(); }
    auto end() { return entries_.end(); }
    Entry& operator[](size_t i) { return entries_[i]; }
    void clear() {
        entries_.clear();
        low_ = ~uint32_t{0};
        high_ = 0;
    }
    // Takes out those for which `gone` holds, in order.
    template <class Gone>
    void take_out(Gone gone) {
        std::erase_if(entries_, gone);
        if (entries_.empty()) clear();
    }

private:
    std::vector<Entry> entries_;
    uint32_t low_ = ~uint32_t{0}, high_ = 0;
};

// What was sent into memory where no kernel waits for it, and has not been acknowledged yet. (Who writes into the L1 of a
// core that runs tells it by a flag that comes behind: the program cannot end before.)
struct Unacknowledged {
    const tw_site* site = nullptr;  // of the last one
    uint16_t trids = 0;             // a bit for each transaction id that has some
    bool flushed = false;           // the kernel has waited for it to leave, but not to arrive
};

// One for each NoC.
struct NocQueue {
    InFlight<PendingRead> reads;
    InFlight<PendingWrite> writes;  // in order; the first `landed_writes` have moved
    size_t landed_writes = 0;
    Unacknowledged writes_sent;
    const tw_site* atomic = nullptr;      // the last one that no barrier followed
    const tw_site* older_read = nullptr;  // of reads that found no room in the list
    const tw_site* older_post = nullptr;  // of posted writes that found none

    void clear() {
        reads.clear();
        writes.clear();
        landed_writes = 0;
        writes_sent = {};
        atomic = older_read = older_post = nullptr;
    }
};

// The kernel has waited for a word of its own L1. That may be another core's answer to what it was sent, and mostly is:
// what went to cores that run counts as arrived. Senders that start a round when all have taken the last one need no
// barrier.
inline void note_answer(NocQueue& queue) {
    queue.atomic = nullptr;
    if (queue.writes.empty()) return;
    size_t i = 0, landed = 0;
    queue.writes.take_out([&](const PendingWrite& w) {
        const bool gone = !w.is_into_memory() && i < queue.landed_writes;
        landed += i++ < queue.landed_writes && !gone;
        return gone;
    });
    queue.landed_writes = landed;
}

// Moves the bytes of all writes that have not moved yet, in order. Implemented by src/noc, which knows where they go.
void land_writes(Processor&, uint32_t noc);

}  // namespace tw
