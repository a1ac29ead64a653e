#include "raw/windows.h"

#include "core/cb_checks.h"
#include "core/code_site.h"

#include <algorithm>
#include <bit>

namespace tw::raw {
namespace {

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
    report(ctx, std::move(p));
    repair_window(book, side, pages, ctx->core->cb_pages[cb]);
}

}  // namespace

void look_for_window(tw_ctx* ctx, const Access& a) {
    Processor& self = processor_of(ctx);
    const uint32_t shift = ctx->risc >= TW_TRISC_UNPACK ? 4 : 0;
    uint32_t outside = TW_MAX_CBS;
    for (uint64_t left = ctx->core->cbs; left; left &= left - 1) {
        const auto cb = static_cast<uint32_t>(std::countr_zero(left));
        const tw_local_cb& local = ctx->cb[cb];
        if (a.address < (local.fifo_limit - local.fifo_size) << shift || a.address >= local.fifo_limit << shift) continue;
        self.raw.cb = static_cast<uint8_t>(cb);
        // Several buffers may lie over the same memory: one whose window holds the bytes is enough.
        if (in_raw_window(self, cb, shift, a)) return;
        if (outside == TW_MAX_CBS) outside = cb;
    }
    if (outside != TW_MAX_CBS) tell(ctx, outside, shift, a);
}

}  // namespace tw::raw
