// Loads and stores through pointers against the windows of circular buffers: a page that was not waited for or was popped
// already, a page that is not reserved or was pushed already. The rules are those of transfers (core/cb_checks.h); here the
// processor itself moves the bytes.
#pragma once

#include "raw/access.h"

namespace tw::raw {

[[gnu::cold, gnu::noinline]] void look_for_window(tw_ctx*, const Access&);

// Whether the buffer has nothing against it.
inline bool in_raw_window(const Processor& p, uint32_t cb, uint32_t shift, const Access& a) {
    const CbBook& book = p.books[cb];
    // Kernels without a part in the buffer use its memory as scratch; who pushes and pops it knows its own doings; who
    // fills it may look at what it wrote.
    const bool produces = book.produces(), consumes = book.consumes();
    if (produces == consumes || (produces && !a.write)) return true;
    const tw_local_cb& local = p.ctx.cb[cb];
    const uint32_t at = produces ? book.write_at : book.read_at;
    if (book.moved || (produces ? local.fifo_wr_ptr : local.fifo_rd_ptr) != at) return true;
    const uint32_t begin = at << shift;
    const uint64_t offset = a.address >= begin ? a.address - begin : a.address + (local.fifo_size << shift) - begin;
    return offset + a.bytes <= uint64_t{produces ? book.writable() : book.ready} * (local.fifo_page_size << shift);
}

inline void check_raw_window(tw_ctx* ctx, const Access& a) {
    const Processor& p = processor_of(ctx);
    const uint32_t shift = ctx->risc >= TW_TRISC_UNPACK ? 4 : 0;
    const tw_local_cb& cb = ctx->cb[p.raw.cb];
    if (a.address >= (cb.fifo_limit - cb.fifo_size) << shift && a.address < cb.fifo_limit << shift &&
        in_raw_window(p, p.raw.cb, shift, a))
        return;
    if (ctx->core->cbs) look_for_window(ctx, a);
}

}  // namespace tw::raw
