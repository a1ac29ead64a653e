// Stores through a pointer that run past the end of a circular buffer, into the first page of the next one.
//
// A kernel's own stores are invisible to the runtime. What can be seen is that the first bytes of a page changed between
// its push and the first wait for it: nobody may write there then. The bytes are looked at when the page is waited for, and
// when the last page of the buffer that ends there is pushed, which is where the one who wrote too far says that it is
// through. Only pages at the start of a buffer have a guard; full checks see each store
// (docs/design/instrumented-build.md).
#pragma once

#include "core/core.h"
#include "core/push_watch.h"

#include <cstring>

namespace tw {

[[gnu::cold, gnu::noinline]] void tell_spoiled_page(tw_ctx*, uint32_t cb, uint32_t by, const tw_site*);

inline bool is_intact(const tw_ctx* ctx, uint32_t cb, uint32_t l1) {
    return std::memcmp(ctx->core->guards.head[cb].data(), ctx->l1 + l1, sizeof ctx->core->guards.head[cb]) == 0;
}

// Whether the data-movement processors' bytes or the compute threads' 16-byte units.
inline uint32_t pointer_shift(const tw_ctx* ctx) {
    return ctx->risc >= TW_TRISC_UNPACK ? 4 : 0;
}

// Before the write pointer moves.
inline void guard_push(tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    const ledger::CoreMap* map = ctx->core->map;
    if (__builtin_expect(push_watch.on, 0)) note_push(ctx, cb, pages, site);
    if (!map || !(map->watched >> cb & 1) || pages == 0) return;
    const tw_local_cb& local = ctx->cb[cb];
    CbGuards& guards = ctx->core->guards;
    if (local.fifo_wr_ptr == local.fifo_limit - local.fifo_size) {
        std::memcpy(guards.head[cb].data(), ctx->l1 + (local.fifo_wr_ptr << pointer_shift(ctx)), sizeof guards.head[cb]);
        // A page whose bytes have not come yet will change; that it was pushed is told elsewhere.
        if (guards.head[cb][0] != kUnreadWords) guards.live |= uint64_t{1} << cb;
    }
    const uint8_t next = map->above[cb];
    if (next >= TW_MAX_CBS || !(guards.live >> next & 1)) return;
    if (local.fifo_wr_ptr + pages * local.fifo_page_size != local.fifo_limit) return;
    if (!is_intact(ctx, next, map->begin_of[next])) tell_spoiled_page(ctx, next, cb, site);
}

// The pages are there, and whoever waited for them may change them from now on.
inline void guard_wait(tw_ctx* ctx, uint32_t cb, const tw_site* site) {
    CbGuards& guards = ctx->core->guards;
    const tw_local_cb& local = ctx->cb[cb];
    if (!(guards.live >> cb & 1) || local.fifo_rd_ptr != local.fifo_limit - local.fifo_size) return;
    guards.live &= ~(uint64_t{1} << cb);
    if (!is_intact(ctx, cb, local.fifo_rd_ptr << pointer_shift(ctx))) tell_spoiled_page(ctx, cb, TW_MAX_CBS, site);
}

// Before the read pointer moves.
inline void guard_pop(tw_ctx* ctx, uint32_t cb) {
    const tw_local_cb& local = ctx->cb[cb];
    if (local.fifo_rd_ptr == local.fifo_limit - local.fifo_size) ctx->core->guards.live &= ~(uint64_t{1} << cb);
}

}  // namespace tw
