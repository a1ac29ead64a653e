// What one processor may know of one circular buffer: how many pages are free for it from its write position on, how many
// are there for it from its read position on. This, not the counters, is what a kernel may rely on: the counters may be
// ahead by luck of the schedule.
//
// - A wait for n pages says that n are there, pops take from them; so it is with reserves and pushes. Waits do not add up:
//   two for one page each are one page, a later one for more is more ("cumulative" waits).
// - All pages are free at the start. A kernel that fills a buffer once, as those do that hand on a shard, needs no reserve;
//   `reserved` is therefore kept beside `free`, and means something once the kernel has reserved at all.
// - A processor that pushes and pops the same buffer knows its own doings.
//
// A kernel may move the pointers by hand (get_local_cb_interface()): then positions are its own affair from there on, and
// only counts are looked at.
#pragma once

#include "tw/abi.h"

#include <algorithm>
#include <cstdint>

namespace tw {

struct CbBook {
    uint32_t free = 0, reserved = 0, ready = 0;           // pages
    uint32_t pushed = 0, popped = 0;                      // by this processor, ever
    uint32_t reached = 0;                                 // pages from the first one on that it has waited for or popped
    uint32_t write_at = 0, read_at = 0;                   // where the pointers stand if nobody moved them by hand
    uint32_t last_push = 0, last_wait = 0, last_pop = 0;  // pages of the last call of each
    uint32_t reserved_at = 0, pushed_at = 0;              // tw_core::effects at the last call
    bool has_reserved = false, has_waited = false;
    bool moved = false;
    // The kind of finding (ProblemKind + 1) that was told of the producer's and of the consumer's side: a missing call
    // shows in several ways, and one of them is enough.
    uint8_t told[2] = {};
    // Of the pages from the read position on, those that the unpacker has read; and where pages were waited for that it
    // popped without reading one of them.
    uint64_t seen = 0;
    const tw_site* unread = nullptr;
    bool any_seen = false;
    // The same of a data-movement processor that sends pages on: where it took its last bytes from, and where it sent the
    // same bytes once more.
    uint32_t sent_from = 0;  // 0: nothing since the last pop
    const tw_site* sent_again = nullptr;
    bool filled = false;  // this processor put something into its pages since the last push
    // 1 + what was reserved (waited for) when something outside of it was used, which is told of at the next push (pop):
    // the pages that it names decide whether the count was wrong or the use (core/cb_checks.h).
    uint32_t kept[2] = {};
    // Pops of which some pages had been read and others had not: which ones, if the same each time.
    const tw_site* seen_at = nullptr;  // where the last one was read
    uint64_t missed = 0;
    uint32_t missed_of = 0, missed_pops = 0;  // pages of such a pop
    bool missed_alike = true, whole_pop = false;
    const tw_site* packed = nullptr;      // into it, before the first reserve
    const tw_site* unreserved = nullptr;  // the first push without one
    uint32_t unreserved_pages = 0;
    uint32_t reserve_number = 0;  // the last reserve's, of all of the processor's
    // The last calls, for messages.
    const tw_site *reserve = nullptr, *push = nullptr, *wait = nullptr, *pop = nullptr;

    CbBook() = default;
    explicit CbBook(const tw_local_cb& cb) : free(cb.fifo_num_pages), write_at(cb.fifo_wr_ptr), read_at(cb.fifo_rd_ptr) {}

    bool may_tell(uint32_t side, uint32_t kind) {
        if (!told[side]) told[side] = static_cast<uint8_t>(kind + 1);
        return told[side] == kind + 1;
    }
    bool produces() const { return has_reserved || push; }
    bool consumes() const { return has_waited || pop; }
    uint32_t writable() const { return has_reserved ? reserved : free; }

    void note_reserve(uint32_t pages, const tw_site* site) {
        free = std::max(free, pages);
        reserved = std::max(reserved, pages);
        has_reserved = true;
        reserve = site;
    }
    void note_wait(uint32_t pages, const tw_site* site) {
        ready = std::max(ready, pages);
        last_wait = pages;
        reached = std::max(reached, popped + pages);
        has_waited = true;
        wait = site;
    }
    void note_push(uint32_t pages, uint32_t pointer, const tw_site* site) {
        filled = false;
        free -= std::min(free, pages);
        reserved -= std::min(reserved, pages);
        ready += pages;
        pushed += pages;
        last_push = pages;
        write_at = pointer;
        push = site;
    }
    void note_seen(uint32_t first, uint32_t last, const tw_site* site) {
        any_seen = true;
        seen_at = site;
        if (last < 64) seen |= (~0ull >> (63 - last)) & (~0ull << first);
    }
    void note_missed(uint32_t pages) {
        if (pages < 2 || pages > 64) return;
        const uint64_t all = ~0ull >> (64 - pages), read = seen & all;
        whole_pop |= read == all;
        if (read == 0 || read == all) return;
        missed_alike &= missed_pops == 0 || (missed == (all & ~read) && missed_of == pages);
        missed = all & ~read;
        missed_of = pages;
        ++missed_pops;
    }
    void note_pop(uint32_t pages, uint32_t pointer, const tw_site* site) {
        sent_from = 0;
        sent_again = nullptr;
        if (!unread && !(seen & (pages < 64 ? (1ull << pages) - 1 : ~0ull))) unread = wait;
        note_missed(pages);
        seen = pages < 64 ? seen >> pages : 0;
        ready -= std::min(ready, pages);
        free += pages;
        popped += pages;
        reached = std::max(reached, popped);
        last_pop = pages;
        read_at = pointer;
        pop = site;
    }
};

}  // namespace tw
