#include "raw/windows.h"

#include "core/cb_checks.h"
#include "core/code_site.h"

#include <algorithm>
#include <bit>

namespace tw::raw {
namespace {

// Where the buffer has nothing against the access: one run of bytes around it, or one that does not hold it.
Range window_of(const Processor& p, uint32_t cb, uint32_t shift, const Access& a) {
    const CbBook& book = p.books[cb];
    const tw_local_cb& local = p.ctx.cb[cb];
    const Range all{(local.fifo_limit - local.fifo_size) << shift, local.fifo_limit << shift};
    // Kernels without a part in the buffer use its memory as scratch; who pushes and pops it knows its own doings; who
    // fills it may look at what it wrote.
    const bool produces = book.produces(), consumes = book.consumes();
    if (produces == consumes || (produces && !a.write)) return all;
    const uint32_t at = produces ? book.write_at : book.read_at;
    if (book.moved || (produces ? local.fifo_wr_ptr : local.fifo_rd_ptr) != at) return all;
    const uint32_t begin = at << shift;
    const uint64_t end = begin + uint64_t{produces ? book.writable() : book.ready} * (local.fifo_page_size << shift);
    if (end <= all.to) return {begin, static_cast<uint32_t>(end)};
    // It goes round the buffer's end.
    if (a.address >= begin) return {begin, all.to};
    return {all.from, static_cast<uint32_t>(std::min<uint64_t>(begin, end - (all.to - all.from)))};
}

bool holds(const Range& r, const Access& a) {
    return a.address >= r.from && uint64_t{a.address} + a.bytes <= r.to;
}

void tell(tw_ctx* ctx, uint32_t cb, uint32_t shift, const Access& a) {
    Processor& self = processor_of(ctx);
    CbBook& book = self.books[cb];
    const tw_local_cb& local = ctx->cb[cb];
    const bool producer = book.produces();
    const uint32_t begin = (producer ? book.write_at : book.read_at) << shift;
    const uint32_t offset = a.address >= begin ? a.address - begin : a.address + (local.fifo_size << shift) - begin;
    const uint32_t page = local.fifo_page_size << shift;
    const uint64_t pages = page ? (uint64_t{offset} + a.bytes + page - 1) / page : 0;
    const ProblemKind kind = producer ? ProblemKind::CbWriteOutside : ProblemKind::CbReadOutside;
    // A loop has many loads and stores, and all but the first say the same again; so does a page that has changed.
    if (self.raw.told_of >> cb & 1 || !book.may_tell(!producer, static_cast<uint32_t>(kind))) return;
    self.raw.told_of |= uint64_t{1} << cb;
    if (a.write) ctx->core->guards.live &= ~(uint64_t{1} << cb);
    const CbSide side = producer ? CbSide::Write : CbSide::Read;
    Problem p = problem_at(ctx, code_site(a.code), a.write ? ProblemKind::RawStoreOutside : ProblemKind::RawLoadOutside, cb,
                           a.address, a.bytes);
    p.file = code_site(a.code)->file;
    p.line = 0;
    p.d = (producer ? book.writable() : book.ready) | uint64_t{producer} << 32;
    p.severity = severity_outside(side, book, pages);
    const auto add = [&](const tw_site* site, const char* role) {
        if (site) p.also.push_back(also_at(ctx, site, role));
    };
    add(producer ? book.reserve : book.wait, producer ? "last reserved at" : "last waited for at");
    add(producer ? book.push : book.pop, producer ? "last pushed at" : "last popped at");
    keep_outside(ctx, side, cb, std::move(p));
    repair_window(book, side, pages, ctx->core->cb_pages[cb]);
}

}  // namespace

bool check_raw_window(tw_ctx* ctx, const Access& a, Range& fine) {
    Processor& self = processor_of(ctx);
    const uint32_t shift = ctx->risc >= TW_TRISC_UNPACK ? 4 : 0;
    uint32_t outside = TW_MAX_CBS;
    for (uint64_t left = ctx->core->cbs; left; left &= left - 1) {
        const auto cb = static_cast<uint32_t>(std::countr_zero(left));
        const tw_local_cb& local = ctx->cb[cb];
        if (a.address < (local.fifo_limit - local.fifo_size) << shift || a.address >= local.fifo_limit << shift) continue;
        // Several buffers may lie over the same memory: one whose window holds the bytes is enough.
        const Range window = window_of(self, cb, shift, a);
        if (holds(window, a)) {
            if (a.write) {
                self.books[cb].filled = true;
            } else {  // what becomes of the bytes is the kernel's affair
                self.books[cb].any_seen = true;
                self.books[cb].seen = ~uint64_t{0};
            }
            fine.clip(window.from, window.to);
            return true;
        }
        if (outside == TW_MAX_CBS) outside = cb;
    }
    if (outside == TW_MAX_CBS) return true;
    tell(ctx, outside, shift, a);
    return false;
}

}  // namespace tw::raw
