#include "core/cb_checks.h"

#include <algorithm>
#include <bit>

namespace tw {
namespace {

bool wanted(const tw_ctx* ctx) {
    return ctx->core->host->checks.has(Check::CbWindow);
}

void add_place(tw_ctx* ctx, Problem& p, const tw_site* site, const char* role) {
    if (site) p.also.push_back(also_at(ctx, site, role));
}

// A buffer that a compute kernel feeds to itself: its packer comes behind its unpacker, by the source registers and DST, so
// where the unpacker stands in the program the packer may do without a reserve. Attention kernels pack in place so, and pop
// what an earlier wait for another buffer covers.
bool is_self_fed(const tw_ctx* ctx, uint32_t cb) {
    const auto& processors = ctx->core->processors;
    if (ctx->risc == TW_TRISC_UNPACK) return processors[TW_TRISC_PACK].books[cb].push;
    return ctx->risc == TW_TRISC_PACK && processors[TW_TRISC_UNPACK].books[cb].consumes();
}

bool holds(const tw_local_cb& cb, uint32_t address) {
    return address < cb.fifo_limit && address >= cb.fifo_limit - cb.fifo_size;
}

}  // namespace

Severity severity_outside(CbSide side, const CbBook& book, uint64_t pages) {
    return side == CbSide::Write && pages <= book.free ? Severity::Warning : Severity::Error;
}

void repair_window(CbBook& book, CbSide side, uint64_t pages, uint32_t total) {
    if (pages >= total && total > 1) return;
    const auto n = static_cast<uint32_t>(pages);
    if (side == CbSide::Read) {
        book.ready = std::max(book.ready, n);
    } else {
        book.free = std::max(book.free, n);
        book.reserved = std::max(book.reserved, n);
    }
}

void tell_pages(tw_ctx* ctx, CbSide side, uint32_t cb, uint32_t pages, const tw_site* site) {
    if (!wanted(ctx) || is_self_fed(ctx, cb)) return;
    CbBook& book = processor_of(ctx).books[cb];
    const bool write = side == CbSide::Write;
    const ProblemKind kind = write ? ProblemKind::CbOverrun : ProblemKind::CbUnderrun;
    if (!book.may_tell(!write, static_cast<uint32_t>(kind))) return;
    Problem p = problem_at(ctx, site, kind, cb, pages, write ? book.writable() : book.ready);
    p.d = ctx->core->cb_counters[cb].received;
    p.severity = severity_outside(side, book, pages);
    add_place(ctx, p, write ? book.reserve : book.wait, write ? "last reserved at" : "last waited for at");
    report(ctx, std::move(p));
}

void tell_index(tw_ctx* ctx, CbSide side, uint32_t cb, uint32_t index, const tw_site* site) {
    if (!wanted(ctx)) return;
    CbBook& book = processor_of(ctx).books[cb];
    const tw_local_cb& local = ctx->cb[cb];
    const bool write = side == CbSide::Write;
    // Memory that nobody hands on by this buffer: a shard that lies in it.
    if (write ? !book.produces() : !book.consumes() && ctx->core->cb_counters[cb].received == 0) return;
    if (write ? local.fifo_wr_ptr != book.write_at : local.fifo_rd_ptr != book.read_at) book.moved = true;
    if (book.moved || (write && is_self_fed(ctx, cb))) return;
    const ProblemKind kind = write ? ProblemKind::CbPackOutside : ProblemKind::CbUnpackOutside;
    if (!book.may_tell(!write, static_cast<uint32_t>(kind))) return;
    Problem p = problem_at(ctx, site, kind, cb, index, write ? book.writable() : book.ready);
    p.severity = severity_outside(side, book, uint64_t{index} + 1);
    add_place(ctx, p, write ? book.reserve : book.wait, write ? "last reserved at" : "last waited for at");
    add_place(ctx, p, write ? book.push : book.pop, write ? "last pushed at" : "last popped at");
    report(ctx, std::move(p));
    repair_window(book, side, uint64_t{index} + 1, ctx->core->cb_pages[cb]);
}

void pack_unreserved(tw_ctx* ctx, uint32_t cb, uint32_t index, const tw_site* site) {
    CbBook& book = processor_of(ctx).books[cb];
    if (!book.packed) book.packed = site;
    if (!wanted(ctx)) return;
    for (const Processor& other : ctx->core->processors) {
        if (&other == &processor_of(ctx) || !other.image || !other.books[cb].push) continue;
        if (!book.may_tell(0, static_cast<uint32_t>(ProblemKind::CbPackOutside))) return;
        Problem p = problem_at(ctx, site, ProblemKind::CbPackOutside, cb, index);
        p.d = 1;
        p.also.push_back(also_at(&other.ctx, other.books[cb].push, "pushed to at"));
        return report(ctx, std::move(p));
    }
}

void reserve_after_pack(tw_ctx* ctx, uint32_t cb) {
    CbBook& book = processor_of(ctx).books[cb];
    const tw_site* site = book.packed;
    book.packed = nullptr;
    if (!wanted(ctx) || book.push || !book.may_tell(0, static_cast<uint32_t>(ProblemKind::CbPackOutside))) return;
    report(ctx, problem_at(ctx, site, ProblemKind::CbPackOutside, cb, 0));
}

// Somebody else pushes (pops) this buffer, too. Each processor has pointers of its own, which only its own calls move: they
// may take turns only where each finds its pointer right, as after whole rounds.
void look_at_positions(tw_ctx* ctx, CbSide side, uint32_t cb, const tw_site* site) {
    if (!wanted(ctx)) return;
    Processor& self = processor_of(ctx);
    CbBook& book = self.books[cb];
    const tw_local_cb& local = ctx->cb[cb];
    const bool write = side == CbSide::Write;
    const uint32_t pointer = write ? local.fifo_wr_ptr : local.fifo_rd_ptr, pages = ctx->core->cb_pages[cb];
    if (pointer != (write ? book.write_at : book.read_at)) book.moved = true;
    if (book.moved || local.fifo_page_size == 0 || pages == 0) return;
    const tw_cb_counters& c = ctx->core->cb_counters[cb];
    const uint32_t position = (pointer - (local.fifo_limit - local.fifo_size)) / local.fifo_page_size;
    if (position == (write ? c.received : c.acked) % pages) return;
    for (const Processor& other : ctx->core->processors) {
        if (&other == &self || !other.image) continue;
        const tw_site* theirs = write ? other.books[cb].push : other.books[cb].pop;
        if (!theirs) continue;
        Problem p = problem_at(ctx, site, ProblemKind::CbTwoKernels, cb, write);
        p.also.push_back(also_at(&other.ctx, theirs, write ? "also pushed at" : "also popped at"));
        report(ctx, std::move(p));
        return;
    }
}

void look_for_buffer(tw_ctx* ctx, CbSide side, uint32_t address, uint32_t bytes, const tw_site* site) {
    Processor& self = processor_of(ctx);
    uint32_t outside = TW_MAX_CBS;
    for (uint64_t left = ctx->core->cbs; left; left &= left - 1) {
        const auto cb = static_cast<uint32_t>(std::countr_zero(left));
        if (!holds(ctx->cb[cb], address)) continue;
        self.last_cb = cb;
        // Several buffers may lie over the same memory: one whose window holds the transfer is enough.
        if (in_window(self.books[cb], ctx->cb[cb], side, address, bytes)) return;
        if (outside == TW_MAX_CBS) outside = cb;
    }
    if (outside == TW_MAX_CBS || !wanted(ctx)) return;
    CbBook& book = self.books[outside];
    const tw_local_cb& local = ctx->cb[outside];
    const bool write = side == CbSide::Write;
    const uint32_t at = write ? book.write_at : book.read_at;
    const uint32_t offset = address >= at ? address - at : address + local.fifo_size - at;
    const uint64_t pages = (uint64_t{offset} + bytes + local.fifo_page_size - 1) / local.fifo_page_size;
    const ProblemKind kind = write ? ProblemKind::CbWriteOutside : ProblemKind::CbReadOutside;
    if (!book.may_tell(!write, static_cast<uint32_t>(kind))) return;
    Problem p = problem_at(ctx, site, kind, outside, address, bytes);
    p.d = write ? book.writable() : book.ready;
    p.severity = severity_outside(side, book, pages);
    add_place(ctx, p, write ? book.reserve : book.wait, write ? "last reserved at" : "last waited for at");
    add_place(ctx, p, write ? book.push : book.pop, write ? "last pushed at" : "last popped at");
    report(ctx, std::move(p));
    repair_window(book, side, pages, ctx->core->cb_pages[outside]);
}

}  // namespace tw
