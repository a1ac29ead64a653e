// Circular buffers: two counters that all processors share, and pointers that each processor keeps for itself.
//
// As on silicon, a push moves only the pusher's write pointer and a pop only the popper's read pointer; the counters tell
// the other side. Pages in the buffer are received - acked; both count mod 2^32, so the difference is right across the
// wrap. A pointer that reaches the end exactly goes back to the start; running past the end never wraps, it is a kernel bug
// (docs/upstream-api.md K3).
#include "core/cb_checks.h"
#include "core/cb_guard.h"
#include "core/core.h"
#include "core/order.h"

#include <algorithm>

namespace tw {
namespace {

// Non-blocking tests that fail this often in a row are a polling loop: others must get their turn.
constexpr uint32_t kPollsBeforeYield = 16;

// Pointers count bytes on the data-movement processors and 16-byte units on the compute threads; so do sizes.
uint32_t capacity(tw_ctx* ctx, uint32_t cb, const tw_site* site) {
    if (__builtin_expect(cb >= TW_MAX_CBS || ctx->core->cb_pages[cb] == 0, 0)) {
        stop_fiber(ctx, problem_at(ctx, site, ProblemKind::CbUnknown, cb));
    }
    return ctx->core->cb_pages[cb];
}

// `told`: this call has a finding already.
void advance(tw_ctx* ctx, uint32_t cb, uint32_t& pointer, uint32_t pages, bool told, const tw_site* site) {
    tw_local_cb& local = ctx->cb[cb];
    const uint32_t next = pointer + pages * local.fifo_page_size;
    if (next < local.fifo_limit) {
        pointer = next;
    } else if (next == local.fifo_limit) {
        pointer = next - local.fifo_size;
    } else {
        const uint32_t left = local.fifo_page_size ? (local.fifo_limit - pointer) / local.fifo_page_size : 0;
        if (!told) report(ctx, problem_at(ctx, site, ProblemKind::CbWrap, cb, pages, left));
        const uint32_t start = local.fifo_limit - local.fifo_size;
        pointer = local.fifo_size ? start + (next - start) % local.fifo_size : start;
    }
}

// Of a call on `pages` pages from `pointer` on.
void emit_cb(RecordKind kind, tw_ctx* ctx, uint32_t cb, uint32_t pages, uint32_t pointer, const tw_site* site) {
    const uint32_t shift = ctx->risc >= TW_TRISC_UNPACK ? 4 : 0;
    emit(kind, ctx, site,
         {.a = cb | uint64_t{pages} << 8, .b = pointer << shift, .c = (pages * ctx->cb[cb].fifo_page_size) << shift});
}

// After one side was too early, its pages count as soon as the other side has caught up: what follows is as if it had been
// in time, and no finding comes of a finding.
void settle_pops(tw_core& core, uint32_t cb) {
    tw_cb_counters& c = core.cb_counters[cb];
    const uint32_t pages = std::min(static_cast<uint32_t>(core.cb_owed[cb]), c.received - c.acked);
    __atomic_store_n(&c.acked, c.acked + pages, __ATOMIC_RELEASE);
    core.cb_owed[cb] -= static_cast<int32_t>(pages);
}

void settle_pushes(tw_core& core, uint32_t cb) {
    tw_cb_counters& c = core.cb_counters[cb];
    const uint32_t pages = std::min(static_cast<uint32_t>(-core.cb_owed[cb]), core.cb_pages[cb] - (c.received - c.acked));
    __atomic_store_n(&c.received, c.received + pages, __ATOMIC_RELEASE);
    core.cb_owed[cb] += static_cast<int32_t>(pages);
}

[[gnu::cold, gnu::noinline]] uint32_t push_too_many(tw_ctx* ctx, uint32_t cb, uint32_t pages, uint32_t free,
                                                    const tw_site* site) {
    const tw_site* intruder = nullptr;
    for (const Processor& other : ctx->core->processors) {
        const CbBook& book = other.books[cb];
        if (&other == &processor_of(ctx) || !other.image || !book.push || book.has_reserved) continue;
        intruder = book.push;
        tell_intruder(ctx, other, cb, intruder, site);
    }
    if (!intruder && !told_unreserved(ctx, cb, pages) &&
        processor_of(ctx).books[cb].may_tell(0, static_cast<uint32_t>(ProblemKind::CbOverrun)))
        report(ctx, problem_at(ctx, site, ProblemKind::CbOverrun, cb, pages, free));
    ctx->core->cb_owed[cb] -= static_cast<int32_t>(pages - free);
    return free;
}

// On silicon a pop that nothing follows does no harm; whether something does, the end of the launch shows (`d`: pages
// received up to now).
[[gnu::cold, gnu::noinline]] uint32_t pop_too_many(tw_ctx* ctx, uint32_t cb, uint32_t pages, uint32_t there,
                                                   const tw_site* site) {
    if (processor_of(ctx).books[cb].may_tell(1, static_cast<uint32_t>(ProblemKind::CbUnderrun))) {
        Problem problem = problem_at(ctx, site, ProblemKind::CbUnderrun, cb, pages, there);
        problem.d = ctx->core->cb_counters[cb].received;
        report(ctx, std::move(problem));
    }
    ctx->core->cb_owed[cb] += static_cast<int32_t>(pages - there);
    return there;
}

}  // namespace
}  // namespace tw

using namespace tw;

extern "C" {

void tw_cb_reserve_back(tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    enter_call(ctx, site);
    const uint32_t total = capacity(ctx, cb, site);
    if (__builtin_expect(pages > total, 0))
        stop_fiber(ctx, problem_at(ctx, site, ProblemKind::CbTooManyPages, cb, pages, total));
    const tw_cb_counters& c = ctx->core->cb_counters[cb];
    wait_until(ctx,
               {.kind = WaitKind::CbSpace,
                .op = WaitOp::DifferenceAtMost,
                .subject = static_cast<uint16_t>(cb),
                .a = &c.received,
                .b = &c.acked,
                .value = total - pages},
               site);
    if (__builtin_expect(processor_of(ctx).books[cb].packed != nullptr, 0)) reserve_after_pack(ctx, cb);
    if (__builtin_expect(processor_of(ctx).books[cb].kept[0] != 0, 0) && processor_of(ctx).books[cb].push)
        settle_outside(ctx, CbSide::Write, cb, 0, site);
    processor_of(ctx).books[cb].note_reserve(pages, site);
    processor_of(ctx).read_elsewhere = nullptr;
    processor_of(ctx).books[cb].reserved_at = static_cast<uint32_t>(ctx->core->effects);
    emit_cb(RecordKind::CbReserve, ctx, cb, pages, ctx->cb[cb].fifo_wr_ptr, site);
    processor_of(ctx).books[cb].reserve_number =
        static_cast<uint32_t>(processor_of(ctx).calls[static_cast<unsigned>(RecordKind::CbReserve)]);
}

void tw_cb_push_back(tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    enter_call(ctx, site);
    const uint32_t total = capacity(ctx, cb, site);
    tw_cb_counters& c = ctx->core->cb_counters[cb];
    const uint32_t free = total - (c.received - c.acked);
    tw_local_cb& local = ctx->cb[cb];
    const uint32_t first = local.fifo_wr_ptr;
    CbBook& book = processor_of(ctx).books[cb];
    book.moved |= local.fifo_wr_ptr != book.write_at;
    check_push(ctx, cb, pages, c.received, site);
    const uint32_t counted = __builtin_expect(pages > free, 0) ? push_too_many(ctx, cb, pages, free, site) : pages;
    check_no_read(ctx, ReadUse::Push, local.fifo_wr_ptr, pages * local.fifo_page_size, cb, site);
    guard_push(ctx, cb, pages, site);
    advance(ctx, cb, local.fifo_wr_ptr, pages, counted != pages, site);
    book.note_push(pages, local.fifo_wr_ptr, site);
    local.fifo_wr_tile_ptr = 0;
    local.tiles_received = static_cast<uint16_t>(local.tiles_received + pages);
    __atomic_store_n(&c.received, c.received + counted, __ATOMIC_RELEASE);
    if (__builtin_expect(ctx->core->cb_owed[cb] > 0, 0)) settle_pops(*ctx->core, cb);
    book.pushed_at = static_cast<uint32_t>(++ctx->core->effects);
    emit_cb(RecordKind::CbPush, ctx, cb, pages, first, site);
    if (ctx->core->host->is_random) maybe_preempt(ctx);
}

void tw_cb_wait_front(tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    enter_call(ctx, site);
    const uint32_t total = capacity(ctx, cb, site);
    if (__builtin_expect(pages > total, 0))
        stop_fiber(ctx, problem_at(ctx, site, ProblemKind::CbTooManyPages, cb, pages, total));
    const tw_cb_counters& c = ctx->core->cb_counters[cb];
    wait_until(ctx,
               {.kind = WaitKind::CbPages,
                .op = WaitOp::DifferenceAtLeast,
                .subject = static_cast<uint16_t>(cb),
                .a = &c.received,
                .b = &c.acked,
                .value = pages},
               site);
    if (__builtin_expect(processor_of(ctx).books[cb].kept[1] != 0, 0)) settle_outside(ctx, CbSide::Read, cb, 0, site);
    processor_of(ctx).books[cb].note_wait(pages, site);
    processor_of(ctx).sent_elsewhere = nullptr;
    emit_cb(RecordKind::CbWait, ctx, cb, pages, ctx->cb[cb].fifo_rd_ptr, site);
    guard_wait(ctx, cb, site);
    check_wait(ctx, cb, site);
}

void tw_cb_pop_front(tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    enter_call(ctx, site);
    capacity(ctx, cb, site);
    tw_cb_counters& c = ctx->core->cb_counters[cb];
    const uint32_t there = c.received - c.acked;
    tw_local_cb& local = ctx->cb[cb];
    const uint32_t first = local.fifo_rd_ptr;
    CbBook& book = processor_of(ctx).books[cb];
    book.moved |= local.fifo_rd_ptr != book.read_at;
    check_pop(ctx, cb, pages, c.acked, site);
    const uint32_t counted = __builtin_expect(pages > there, 0) ? pop_too_many(ctx, cb, pages, there, site) : pages;
    check_no_write(ctx, SourceReuse::Pop, local.fifo_rd_ptr, pages * local.fifo_page_size, cb, site);
    guard_pop(ctx, cb);
    advance(ctx, cb, local.fifo_rd_ptr, pages, counted != pages, site);
    book.note_pop(pages, local.fifo_rd_ptr, site);
    local.tiles_acked = static_cast<uint16_t>(local.tiles_acked + pages);
    __atomic_store_n(&c.acked, c.acked + counted, __ATOMIC_RELEASE);
    if (__builtin_expect(ctx->core->cb_owed[cb] < 0, 0)) settle_pushes(*ctx->core, cb);
    ++ctx->core->effects;
    emit_cb(RecordKind::CbPop, ctx, cb, pages, first, site);
    if (ctx->core->host->is_random) maybe_preempt(ctx);
}

static uint32_t polled(tw_ctx* ctx, uint32_t pages, const tw_site* site) {
    Processor& processor = processor_of(ctx);
    if (++processor.polls >= kPollsBeforeYield) {
        processor.polls = 0;
        tw_yield(ctx, site);
    }
    return pages;
}

uint32_t tw_cb_pages_free(tw_ctx* ctx, uint32_t cb, const tw_site* site) {
    enter_call(ctx, site);
    const uint32_t total = capacity(ctx, cb, site);
    const tw_cb_counters& c = ctx->core->cb_counters[cb];
    const uint32_t free = total - (c.received - c.acked);
    emit_observation(RecordKind::CbPagesFree, ctx, site, cb, free);
    CbBook& book = processor_of(ctx).books[cb];
    book.free = std::max(book.free, free);
    book.reserved = std::max(book.reserved, free);
    return polled(ctx, free, site);
}

uint32_t tw_cb_pages_ready(tw_ctx* ctx, uint32_t cb, const tw_site* site) {
    enter_call(ctx, site);
    capacity(ctx, cb, site);
    const tw_cb_counters& c = ctx->core->cb_counters[cb];
    const uint32_t ready = c.received - c.acked;
    emit_observation(RecordKind::CbPagesReady, ctx, site, cb, ready);
    if (ready) processor_of(ctx).books[cb].note_wait(ready, site);
    return polled(ctx, ready, site);
}

}  // extern "C"
