// Circular buffers used past what was reserved or waited for (core/cb_book.h): pages pushed or popped, transfers into pages
// that are not the producer's or out of pages that are not the consumer's, tiles by their index, two kernels on one side.
//
// Left alone are kernels that use a buffer without the protocol: its memory as scratch, a shard that is read where it lies.
#pragma once

#include "core/core.h"

namespace tw {

enum class CbSide : uint8_t { Write, Read };  // the producer's, the consumer's

[[gnu::cold, gnu::noinline]] void tell_pages(tw_ctx*, CbSide, uint32_t cb, uint32_t pages, const tw_site*);
[[gnu::cold, gnu::noinline]] void tell_index(tw_ctx*, CbSide, uint32_t cb, uint32_t index, const tw_site*);
[[gnu::cold, gnu::noinline]] void pack_unreserved(tw_ctx*, uint32_t cb, uint32_t index, const tw_site*);
[[gnu::cold, gnu::noinline]] void reserve_after_pack(tw_ctx*, uint32_t cb);
[[gnu::cold, gnu::noinline]] void look_at_positions(tw_ctx*, CbSide, uint32_t cb, const tw_site*);
void look_for_buffer(tw_ctx*, CbSide, uint32_t address, uint32_t bytes, const tw_site*);

// Silicon holds what was free before: past the reserve but not past that, the program works, with nothing to spare.
Severity severity_outside(CbSide, const CbBook&, uint64_t pages);
// After a finding: as if the pages had been asked for, so that one missing call is one finding. Not for a position that is
// a round behind, as a pointer kept over a push or a pop is: nothing that could be asked for makes that right.
void repair_window(CbBook&, CbSide, uint64_t pages, uint32_t total);

// Before a push counts. `received`: the counter up to now.
inline void check_push(tw_ctx* ctx, uint32_t cb, uint32_t pages, uint32_t received, const tw_site* site) {
    const CbBook& book = processor_of(ctx).books[cb];
    if (__builtin_expect(pages > book.writable(), 0)) tell_pages(ctx, CbSide::Write, cb, pages, site);
    if (__builtin_expect(book.pushed != received, 0)) look_at_positions(ctx, CbSide::Write, cb, site);
}

inline void check_pop(tw_ctx* ctx, uint32_t cb, uint32_t pages, uint32_t acked, const tw_site* site) {
    const CbBook& book = processor_of(ctx).books[cb];
    if (__builtin_expect(pages > book.ready, 0)) tell_pages(ctx, CbSide::Read, cb, pages, site);
    if (__builtin_expect(book.popped != acked, 0)) look_at_positions(ctx, CbSide::Read, cb, site);
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

// Whether a transfer may write (read) there as far as this buffer is concerned.
inline bool in_window(const CbBook& book, const tw_local_cb& cb, CbSide side, uint32_t address, uint32_t bytes) {
    const bool write = side == CbSide::Write;
    if (write ? !book.produces() || book.consumes() : !book.consumes() || book.produces()) return true;
    const uint32_t at = write ? book.write_at : book.read_at;
    if (book.moved || (write ? cb.fifo_wr_ptr : cb.fifo_rd_ptr) != at) return true;
    const uint64_t offset = address >= at ? address - at : address + cb.fifo_size - at;
    return offset + bytes <= uint64_t{write ? book.writable() : book.ready} * cb.fifo_page_size;
}

// The local side of a NoC transfer.
inline void check_window(tw_ctx* ctx, CbSide side, uint32_t address, uint32_t bytes, const tw_site* site) {
    const Processor& p = processor_of(ctx);
    const tw_local_cb& cb = ctx->cb[p.last_cb];
    if (address < cb.fifo_limit && address >= cb.fifo_limit - cb.fifo_size &&
        in_window(p.books[p.last_cb], cb, side, address, bytes))
        return;
    if (ctx->core->cbs) look_for_buffer(ctx, side, address, bytes, site);
}

}  // namespace tw
