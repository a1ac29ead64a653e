#include "core/cb_checks.h"

#include <algorithm>
#include <bit>
#include <string_view>
#include <utility>

namespace tw {
namespace {

bool wanted(const tw_ctx* ctx) {
    return ctx->core->host->checks.has(Check::CbWindow);
}

void add_place(tw_ctx* ctx, Problem& p, const tw_site* site, const char* role) {
    if (site) p.also.push_back(also_at(ctx, site, role));
}

// A buffer that a compute kernel feeds to itself: its packer comes behind its unpacker, by the source registers and DST, so
// where the unpacker stands in the program the packer may do without a reserve. Attention kernels pack in place so, push
// where they have reserved elsewhere, and pop what an earlier wait for another buffer covers. None does without any
// reserve.
bool is_self_fed(const tw_ctx* ctx, uint32_t cb) {
    const auto& processors = ctx->core->processors;
    if (ctx->risc == TW_TRISC_UNPACK) return processors[TW_TRISC_PACK].books[cb].push;
    return ctx->risc == TW_TRISC_PACK && processors[TW_TRISC_UNPACK].books[cb].consumes();
}

// A buffer that lies in a tensor, or in a global circular buffer: what is in it was there before, or comes from elsewhere.
bool is_pinned(const tw_ctx* ctx, uint32_t cb) {
    const ledger::CoreMap* map = ctx->core->map;
    if (!map) return true;
    return std::ranges::any_of(map->regions, [&](const ledger::Region& r) { return r.pinned && r.cbs >> cb & 1; });
}

bool holds(const tw_local_cb& cb, uint32_t address) {
    return address < cb.fifo_limit && address >= cb.fifo_limit - cb.fifo_size;
}

// Between the reserve that is missing and the push, as far as lines tell; else it is in a function that serves many
// buffers.
bool is_near(std::string_view file, uint32_t line, const tw_site* push) {
    constexpr uint32_t kNear = 8;
    return file == push->file && line <= push->line && push->line - line <= kNear;
}
bool is_near(const Problem& use, const tw_site* push) {
    return is_near(use.file, use.line, push);
}

// `who`: the processor that pushed. `other`: who waits for the pages, or null.
void tell_unreserved(tw_ctx* ctx, Processor& who, uint32_t cb, uint32_t pages, const tw_site* site, const Also* other) {
    ctx->core->unreserved &= ~(uint64_t{1} << cb);
    CbBook& book = who.books[cb];
    book.unreserved = nullptr;
    // What was put there stands nearest to where the reserve belongs.
    const tw_site* use = book.packed;
    if (who.read_elsewhere && holds(who.ctx.cb[cb], who.read_elsewhere_to)) use = who.read_elsewhere;
    const bool at_use = use && is_near(use->file, use->line, site);
    const ProblemKind kind = at_use ? ProblemKind::CbReservedFewer : ProblemKind::CbOverrun;
    if (!book.may_tell(0, static_cast<uint32_t>(kind))) return;
    Problem p = problem_at(&who.ctx, at_use ? use : site, kind, cb, pages, 0);
    if (at_use) book.unreserved = use;
    p.severity = Severity::Warning;
    if (at_use) p.also.push_back(also_at(&who.ctx, site, "pushed at"));
    if (other) p.also.push_back(*other);
    report(ctx, std::move(p));
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

bool told_unreserved(tw_ctx* ctx, uint32_t cb, uint32_t pages) {
    const CbBook& book = processor_of(ctx).books[cb];
    if (book.told[0] != 1 + static_cast<uint32_t>(ProblemKind::CbReservedFewer) || !book.unreserved) return false;
    Problem p = problem_at(ctx, book.unreserved, ProblemKind::CbReservedFewer, cb, pages, 0);
    if (is_self_fed(ctx, cb)) p.severity = Severity::Warning;
    report(ctx, std::move(p));
    return true;
}

void tell_pages(tw_ctx* ctx, CbSide side, uint32_t cb, uint32_t pages, const tw_site* site) {
    const bool write = side == CbSide::Write, self_fed = is_self_fed(ctx, cb);
    CbBook& book = processor_of(ctx).books[cb];
    if (!wanted(ctx) || (self_fed && (!write || book.has_reserved))) return;
    if (write && told_unreserved(ctx, cb, pages)) return;
    const ProblemKind kind = write ? ProblemKind::CbOverrun : ProblemKind::CbUnderrun;
    if (!book.may_tell(!write, static_cast<uint32_t>(kind))) return;
    Problem p = problem_at(ctx, site, kind, cb, pages, write ? book.writable() : book.ready);
    p.d = ctx->core->cb_counters[cb].received;
    p.severity = self_fed ? Severity::Warning : severity_outside(side, book, pages);
    add_place(ctx, p, write ? book.reserve : book.wait, write ? "last reserved at" : "last waited for at");
    report(ctx, std::move(p));
}

void keep_outside(tw_ctx* ctx, CbSide side, uint32_t cb, Problem&& p) {
    Processor& self = processor_of(ctx);
    CbBook& book = self.books[cb];
    const bool write = side == CbSide::Write;
    if (book.kept[!write]) {
        const auto is_same = [&](const KeptProblem& k) {
            return k.cb == cb && k.problem.line == p.line && k.problem.file == p.file;
        };
        if (std::ranges::none_of(self.kept, is_same)) report(ctx, std::move(p));
        return;
    }
    book.kept[!write] = 1 + (write ? book.reserved : book.ready);
    self.kept.push_back({.cb = cb, .side = !write, .asked = write ? book.reserve : book.wait, .problem = std::move(p)});
}

void settle_outside(tw_ctx* ctx, CbSide side, uint32_t cb, uint32_t pages, const tw_site* site) {
    Processor& self = processor_of(ctx);
    const bool write = side == CbSide::Write;
    const uint32_t had = std::exchange(self.books[cb].kept[!write], 0) - 1;
    const auto found = std::ranges::find_if(self.kept, [&](const auto& k) { return k.cb == cb && k.side == !write; });
    if (found == self.kept.end()) return;
    KeptProblem kept = std::move(*found);
    self.kept.erase(found);
    const Problem& use = kept.problem;
    const tw_site* at = had ? kept.asked : write && !is_near(use, site) ? site : nullptr;
    // A reserve of its own comes before the push: the use came too early.
    const bool early = write && self.books[cb].reserve != kept.asked;
    if (pages <= had || !at || early) return report(ctx, std::move(kept.problem));
    Problem p = problem_at(ctx, at, write ? ProblemKind::CbReservedFewer : ProblemKind::CbWaitedFewer, cb, pages, had);
    p.severity = use.severity;
    if (at != site) add_place(ctx, p, site, write ? "pushed at" : "popped at");
    p.also.push_back({.role = write ? "written at" : "read at",
                      .file = use.file,
                      .line = use.line,
                      .column = use.column,
                      .core_x = use.core_x,
                      .core_y = use.core_y,
                      .risc = use.risc});
    report(ctx, std::move(p));
}

std::vector<Problem> take_kept(Processor& p, bool stands_still) {
    std::vector<Problem> out;
    for (KeptProblem& k : p.kept) {
        // One more page each round, and never a push: that is what the run stands still for.
        if (stands_still && k.side == 0 && !p.books[k.cb].push) continue;
        out.push_back(std::move(k.problem));
    }
    p.kept.clear();
    return out;
}

void pop_unsent(tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    Processor& self = processor_of(ctx);
    CbBook& book = self.books[cb];
    const tw_local_cb& local = ctx->cb[cb];
    if (!wanted(ctx) || book.moved || pages == 0) return;
    const uint64_t all = pages < 64 ? (1ull << pages) - 1 : ~0ull;
    const tw_core& core = *ctx->core;
    if (book.sent_again) {
        const uint64_t unsent = ~book.seen & all;
        if (!unsent || !book.may_tell(1, static_cast<uint32_t>(ProblemKind::CbNeverSent))) return;
        Problem p = problem_at(ctx, book.sent_again, ProblemKind::CbNeverSent, cb,
                               static_cast<uint32_t>(std::countr_zero(unsent)), pages);
        p.severity = Severity::Warning;
        add_place(ctx, p, site, "popped at");
        return report(ctx, std::move(p));
    }
    // Others wait for a page to know that something is done, and look at none. This one holds data.
    const uint32_t from = self.sent_elsewhere_from;
    if (book.any_seen || holds(local, from) || is_pinned(ctx, cb) || (!core.cb_read_as[cb] && !core.cb_packed_as[cb]))
        return;
    for (uint32_t other = 0; other < TW_MAX_CBS; ++other) {
        if (!(core.cbs >> other & 1) || !holds(ctx->cb[other], from)) continue;
        if (is_pinned(ctx, other) || !book.may_tell(1, static_cast<uint32_t>(ProblemKind::CbNeverSent))) return;
        Problem p = problem_at(ctx, self.sent_elsewhere, ProblemKind::CbNeverSent, cb, 0, pages);
        p.d = other + 1;
        p.severity = Severity::Warning;
        add_place(ctx, p, book.wait, "waited for at");
        add_place(ctx, p, site, "popped at");
        return report(ctx, std::move(p));
    }
}

void tell_intruder(tw_ctx* ctx, const Processor& other, uint32_t cb, const tw_site* site, const tw_site* own) {
    if (!wanted(ctx)) return;
    Problem p = problem_at(&other.ctx, site, ProblemKind::CbTwoKernels, cb, 1);
    p.also.push_back(also_at(ctx, own, "also pushed at"));
    report(ctx, std::move(p));
}

void push_unfilled(tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    Processor& self = processor_of(ctx);
    CbBook& book = self.books[cb];
    const uint32_t to = self.read_elsewhere_to;
    if (!wanted(ctx) || !book.has_reserved || book.moved || holds(ctx->cb[cb], to) || is_pinned(ctx, cb)) return;
    for (uint32_t other = 0; other < TW_MAX_CBS; ++other) {
        if (!(ctx->core->cbs >> other & 1) || !holds(ctx->cb[other], to)) continue;
        for (const Processor& theirs : ctx->core->processors) {
            const CbBook& b = theirs.books[other];
            const tw_site* used = b.reserve ? b.reserve : b.wait;
            if (&theirs == &self || !theirs.image || !used) continue;
            if (!book.may_tell(0, static_cast<uint32_t>(ProblemKind::CbNeverFilled))) return;
            Problem p = problem_at(ctx, self.read_elsewhere, ProblemKind::CbNeverFilled, cb, pages, other);
            add_place(ctx, p, site, "pushed at");
            p.also.push_back(
                also_at(&theirs.ctx, used, b.reserve ? "the other is reserved at" : "the other is waited for at"));
            return report(ctx, std::move(p));
        }
    }
}

void push_unreserved(tw_ctx* ctx, uint32_t cb, uint32_t pages, const tw_site* site) {
    Processor& self = processor_of(ctx);
    CbBook& book = self.books[cb];
    // Who takes his own pages out again knows what room there is.
    if (!wanted(ctx) || book.consumes() || book.moved || book.told[0] || is_pinned(ctx, cb)) return;
    for (const Processor& other : ctx->core->processors) {
        if (&other == &self || !other.image || !other.books[cb].has_reserved) continue;
        if (!book.may_tell(0, static_cast<uint32_t>(ProblemKind::CbTwoKernels))) return;
        Problem p = problem_at(ctx, site, ProblemKind::CbTwoKernels, cb, 1);
        p.also.push_back(also_at(&other.ctx, other.books[cb].reserve, "reserved at"));
        return report(ctx, std::move(p));
    }
    for (const Processor& other : ctx->core->processors) {
        if (&other == &self || !other.image || !other.books[cb].has_waited) continue;
        const Also taken = also_at(&other.ctx, other.books[cb].wait, "waited for at");
        return tell_unreserved(ctx, self, cb, pages, site, &taken);
    }
    if (book.unreserved) return tell_unreserved(ctx, self, cb, pages, site, nullptr);
    book.unreserved = site;
    book.unreserved_pages = pages;
    ctx->core->unreserved |= uint64_t{1} << cb;
}

void wait_for_unreserved(tw_ctx* ctx, uint32_t cb, const tw_site* site) {
    for (Processor& other : ctx->core->processors) {
        const CbBook& book = other.books[cb];
        if (&other == &processor_of(ctx) || !other.image || !book.unreserved) continue;
        const Also taken = also_at(ctx, site, "waited for at");
        return tell_unreserved(ctx, other, cb, book.unreserved_pages, book.unreserved, &taken);
    }
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
    keep_outside(ctx, side, cb, std::move(p));
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
        // Who asks for pages first is at home here.
        if (write && book.has_reserved && !other.books[cb].has_reserved) return tell_intruder(ctx, other, cb, theirs, site);
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
        if (in_window(self.books[cb], ctx->cb[cb], side, address, bytes)) {
            if (side == CbSide::Read) {
                note_sent(self, cb, address, bytes, site);
            } else {
                note_landed(self, cb, address, site);
            }
            return;
        }
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
    if (!write && book.produces()) {
        p.d = uint64_t{book.reserved} | uint64_t{1} << 32;
        p.severity = Severity::Warning;
        add_place(ctx, p, book.reserve, "last reserved at");
        return report(ctx, std::move(p));
    }
    add_place(ctx, p, write ? book.reserve : book.wait, write ? "last reserved at" : "last waited for at");
    add_place(ctx, p, write ? book.push : book.pop, write ? "last pushed at" : "last popped at");
    keep_outside(ctx, side, outside, std::move(p));
    repair_window(book, side, pages, ctx->core->cb_pages[outside]);
}

}  // namespace tw
