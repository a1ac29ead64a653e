// Circular buffers used past what was reserved or waited for (core/cb_book.h): pages pushed or popped, transfers into pages
// that are not the producer's or out of pages that are not the consumer's, tiles by their index, two kernels on one side.
//
// Left alone are kernels that use a buffer without the protocol: its memory as scratch, a shard that is read where it lies.
#pragma once

#include "core/core.h"

#include <bit>

namespace tw {

enum class CbSide : uint8_t { Write, Read };  // the producer's, the consumer's

[[gnu::cold, gnu::noinline]] void tell_pages(tw_ctx*, CbSide, uint32_t cb, uint32_t pages, const tw_site*);
[[gnu::cold, gnu::noinline]] void tell_index(tw_ctx*, CbSide, uint32_t cb, uint32_t index, const tw_site*);
[[gnu::cold, gnu::noinline]] void pack_unreserved(tw_ctx*, uint32_t cb, uint32_t index, const tw_site*);
[[gnu::cold, gnu::noinline]] void reserve_after_pack(tw_ctx*, uint32_t cb);
// A push of pages that were never reserved, into a buffer that has room for them by the count of its pushes alone.
[[gnu::cold, gnu::noinline]] void push_unreserved(tw_ctx*, uint32_t cb, uint32_t pages, const tw_site*);
// It has been told of, and there is no room by now: that makes it an error.
[[gnu::cold, gnu::noinline]] bool told_unreserved(tw_ctx*, uint32_t cb, uint32_t pages);
[[gnu::cold, gnu::noinline]] void wait_for_unreserved(tw_ctx*, uint32_t cb, const tw_site*);
[[gnu::cold, gnu::noinline]] void look_at_positions(tw_ctx*, CbSide, uint32_t cb, const tw_site*);
void look_for_buffer(tw_ctx*, CbSide, uint32_t address, uint32_t bytes, const tw_site*);

// Silicon holds what was free before: past the reserve but not past that, the program works, with nothing to spare.
Severity severity_outside(CbSide, const CbBook&, uint64_t pages);
// After a finding: as if the pages had been asked for, so that one missing call is one finding. Not for a position that is
// a round behind, as a pointer kept over a push or a pop is: nothing that could be asked for makes that right.
void repair_window(CbBook&, CbSide, uint64_t pages, uint32_t total);

// Something outside of the pages is told of at the next push or pop. If that takes the page that was used, too, then the
// reserve or the wait asked for too few, and is the place; else the use is, and so it is where another reserve or wait
// comes first.
void keep_outside(tw_ctx*, CbSide, uint32_t cb, Problem&&);
[[gnu::cold, gnu::noinline]] void settle_outside(tw_ctx*, CbSide, uint32_t cb, uint32_t pages, const tw_site*);
// What is still kept when the launch is over, or stands still.
std::vector<Problem> take_kept(Processor&, bool stands_still);

// `other`, which reserves nothing of the buffer, pushes to it at `site`; this one fills it, and pushes at `own`.
[[gnu::cold, gnu::noinline]] void tell_intruder(tw_ctx*, const Processor& other, uint32_t cb, const tw_site* site,
                                                const tw_site* own);

// A data-movement processor pops: pages of which it sent nothing, while it sent others twice or something else.
[[gnu::cold, gnu::noinline]] void pop_unsent(tw_ctx*, uint32_t cb, uint32_t pages, const tw_site*);
// It pushes: pages into which it put nothing, while it read into a buffer of somebody else.
[[gnu::cold, gnu::noinline]] void push_unfilled(tw_ctx*, uint32_t cb, uint32_t pages, const tw_site*);

// Before a push counts. `received`: the counter up to now.
inline void check_push(tw_ctx* ctx, uint32_t cb, uint32_t pages, uint32_t received, const tw_site* site) {
    const Processor& processor = processor_of(ctx);
    const CbBook& book = processor.books[cb];
    if (__builtin_expect(processor.read_elsewhere && !book.filled, 0)) push_unfilled(ctx, cb, pages, site);
    if (__builtin_expect(book.kept[0] != 0, 0)) settle_outside(ctx, CbSide::Write, cb, pages, site);
    if (__builtin_expect(pages > book.reserved, 0)) {
        if (pages > book.writable()) {
            tell_pages(ctx, CbSide::Write, cb, pages, site);
        } else {
            push_unreserved(ctx, cb, pages, site);
        }
    }
    if (__builtin_expect(book.pushed != received, 0)) look_at_positions(ctx, CbSide::Write, cb, site);
}

inline void check_pop(tw_ctx* ctx, uint32_t cb, uint32_t pages, uint32_t acked, const tw_site* site) {
    const Processor& processor = processor_of(ctx);
    const CbBook& book = processor.books[cb];
    if (__builtin_expect(book.kept[1] != 0, 0)) settle_outside(ctx, CbSide::Read, cb, pages, site);
    if (__builtin_expect(book.sent_again || processor.sent_elsewhere, 0)) pop_unsent(ctx, cb, pages, site);
    if (__builtin_expect(pages > book.ready, 0)) tell_pages(ctx, CbSide::Read, cb, pages, site);
    if (__builtin_expect(book.popped != acked, 0)) look_at_positions(ctx, CbSide::Read, cb, site);
}

// After a wait: whether somebody pushed what he had not reserved.
inline void check_wait(tw_ctx* ctx, uint32_t cb, const tw_site* site) {
    if (__builtin_expect(ctx->core->unreserved >> cb & 1, 0)) wait_for_unreserved(ctx, cb, site);
}

// A tile of the buffer is about to be read (unpacker) or written (packer): the last page of it, counted from the position.
inline void check_index(tw_ctx* ctx, CbSide side, uint32_t cb, uint32_t index, const tw_site* site) {
    const CbBook& book = processor_of(ctx).books[cb];
    if (__builtin_expect(index >= (side == CbSide::Write ? book.writable() : book.ready), 0))
        tell_index(ctx, side, cb, index, site);
}

// A page is about to be packed. A buffer that the packer never reserves is one that it fills once, or somebody else's.
inline void check_pack(tw_ctx* ctx, uint32_t cb, uint32_t index, const tw_site* site) {
    check_index(ctx, CbSide::Write, cb, index, site);
    if (__builtin_expect(!processor_of(ctx).books[cb].produces(), 0)) pack_unreserved(ctx, cb, index, site);
}

// A page that a producer has reserved not even once: it sends what was there before.
inline bool is_never_filled(const CbBook& book, const tw_local_cb& cb, uint32_t address) {
    if (book.moved || cb.fifo_wr_ptr != book.write_at || !book.reserved || address < book.write_at || !cb.fifo_page_size)
        return false;
    const uint32_t page = (address - book.write_at) / cb.fifo_page_size;
    return page >= book.reserved && book.pushed + page < cb.fifo_num_pages;
}

// Whether a transfer may write (read) there as far as this buffer is concerned.
inline bool in_window(const CbBook& book, const tw_local_cb& cb, CbSide side, uint32_t address, uint32_t bytes) {
    const bool write = side == CbSide::Write;
    if (!write && book.produces() && !book.consumes()) return !is_never_filled(book, cb, address);
    if (write ? !book.produces() || book.consumes() : !book.consumes() || book.produces()) return true;
    const uint32_t at = write ? book.write_at : book.read_at;
    if (book.moved || (write ? cb.fifo_wr_ptr : cb.fifo_rd_ptr) != at) return true;
    const uint64_t offset = address >= at ? address - at : address + cb.fifo_size - at;
    return offset + bytes <= uint64_t{write ? book.writable() : book.ready} * cb.fifo_page_size;
}

// The kernel looks at bytes of its own L1, or copies them: what becomes of them is its affair.
inline void note_read_by_hand(Processor& p, uint32_t address) {
    for (uint64_t left = p.core->cbs; left; left &= left - 1) {
        const auto cb = static_cast<uint32_t>(std::countr_zero(left));
        const tw_local_cb& local = p.ctx.cb[cb];
        if (address >= local.fifo_limit || address < local.fifo_limit - local.fifo_size) continue;
        p.books[cb].any_seen = true;
        p.books[cb].seen = ~uint64_t{0};
    }
}

// Bytes of the buffer are on their way to somebody.
inline void note_sent(Processor& p, uint32_t cb, uint32_t address, uint32_t bytes, const tw_site* site) {
    CbBook& book = p.books[cb];
    const tw_local_cb& local = p.ctx.cb[cb];
    if (!book.consumes()) {
        // A page that it has reserved is its own to send.
        if (book.reserved && address >= book.write_at && address - book.write_at < book.reserved * local.fifo_page_size)
            return;
        p.sent_elsewhere = site;
        p.sent_elsewhere_from = address;
        return;
    }
    const uint32_t offset = address >= book.read_at ? address - book.read_at : address + local.fifo_size - book.read_at;
    if (local.fifo_page_size == 0 || bytes == 0) return;
    book.note_seen(offset / local.fifo_page_size, (offset + bytes - 1) / local.fifo_page_size, site);
    if (address == book.sent_from) book.sent_again = site;
    book.sent_from = address;
}

inline void note_landed(Processor& p, uint32_t cb, uint32_t address, const tw_site* site) {
    CbBook& book = p.books[cb];
    book.filled = true;
    if (book.produces() || book.consumes()) return;
    p.read_elsewhere = site;
    p.read_elsewhere_to = address;
}

// The local side of a NoC transfer.
inline void check_window(tw_ctx* ctx, CbSide side, uint32_t address, uint32_t bytes, const tw_site* site) {
    Processor& p = processor_of(ctx);
    const tw_local_cb& cb = ctx->cb[p.last_cb];
    if (address < cb.fifo_limit && address >= cb.fifo_limit - cb.fifo_size &&
        in_window(p.books[p.last_cb], cb, side, address, bytes)) {
        if (side == CbSide::Read) {
            note_sent(p, p.last_cb, address, bytes, site);
        } else {
            note_landed(p, p.last_cb, address, site);
        }
        return;
    }
    if (ctx->core->cbs) look_for_buffer(ctx, side, address, bytes, site);
}

}  // namespace tw
