#include "compute/dst_book.h"

#include "compute/access.h"

#include <bit>
#include <string_view>

namespace tw {
namespace {

bool checked(const ComputeState& s) {
    return s.config[0].rows != nullptr;
}

// What is written in the calling thread's half and not taken: a bit a register.
struct Half {
    uint32_t written = 0, left = 0;
    uint32_t first = 0;  // tile of register 0
};
Half half_of(const ComputeState& s, bool pack) {
    Half h;
    h.first = pack ? s.pack_tile(0) : s.math_tile(0);
    for (uint32_t d = 0; d < s.tiles_per_half; ++d) {
        const uint32_t tile = h.first + d;
        if (!s.book.written[tile]) continue;
        h.written |= 1u << d;
        if (!(s.book.taken >> tile & 1u)) h.left |= 1u << d;
    }
    return h;
}

Problem of_math(tw_ctx* ctx, const tw_site* site, ProblemKind kind, uint64_t a, uint64_t b = 0) {
    Problem p = problem_at(ctx, site, kind, a, b);
    p.risc = TW_TRISC_MATH;
    return p;
}
Also also_math(tw_ctx* ctx, const tw_site* site, const char* role) {
    Also also = also_at(ctx, site, role);
    also.risc = TW_TRISC_MATH;
    return also;
}

// Where this section waits for pages that it then pops unread: the call that is missing has stood behind it.
const tw_site* unread_after(const tw_core& core, const tw_site* acquire) {
    const tw_site* at = acquire;
    for (const CbBook& book : core.processors[TW_TRISC_UNPACK].books) {
        const tw_site* wait = book.unread;
        if (at && wait && wait->line > at->line && std::string_view(wait->file) == at->file) at = wait;
    }
    return at;
}

void tell_unwritten(tw_ctx* ctx, ComputeState& s, uint32_t d, bool pack, const tw_site* site) {
    if (!checked(s)) return;
    const Half half = half_of(s, pack);
    const char* taken_by = pack ? "packed by" : "read by";
    const uint32_t behind = half.left >> d >> 1;  // written and not taken, larger numbers
    const tw_site* writer = s.book.lost;
    uint32_t other = d;
    if (!writer && behind) {
        other = d + 1 + static_cast<uint32_t>(__builtin_ctz(behind));
        writer = s.book.written[half.first + other];
    }
    if (writer) {
        Problem p = of_math(ctx, writer, ProblemKind::DstUnwritten, d, other);
        p.c = 1;
        p.also.push_back(also_at(ctx, site, taken_by));
        return report(ctx, std::move(p));
    }
    if (!half.left && pack) {  // a call that computes is missing
        // The math thread may be in the next section already: of this one, who wrote the register before, or the first.
        const uint32_t before = half.written & ((1u << d) - 1);
        const int near = before ? std::bit_width(before) - 1 : std::countr_zero(half.written);
        const tw_site* at = half.written ? s.book.written[half.first + static_cast<uint32_t>(near)]
                                         : s.book.acquired_at[s.released % s.halves];
        if (!half.written) at = unread_after(*ctx->core, at);
        Problem p = of_math(ctx, at ? at : site, ProblemKind::DstUnwritten, d, d);
        p.c = half.written ? 2 : 3;
        p.also.push_back(also_at(ctx, site, taken_by));
        return report(ctx, std::move(p));
    }
    Problem p = problem_at(ctx, site, ProblemKind::DstUnwritten, d, d);
    p.c = pack ? 4 : 5;
    if (half.left) {
        p.b = static_cast<uint32_t>(__builtin_ctz(half.left));
        p.also.push_back(also_math(ctx, s.book.written[half.first + p.b], "written by"));
    }
    report(ctx, std::move(p));
}

}  // namespace

namespace compute {

void report_unwritten(tw_ctx* ctx, ComputeState& s, uint32_t d, const tw_site* site) {
    tell_unwritten(ctx, s, d, ctx->risc == TW_TRISC_PACK, site);
}

void look_for_unpacked(tw_ctx* ctx, ComputeState& s, const tw_site* site) {
    const Half half = half_of(s, true);
    if (!checked(s) || !half.left) return;
    const auto d = static_cast<uint32_t>(__builtin_ctz(half.left));
    Problem p = problem_at(ctx, site, ProblemKind::DstUnpacked, d);
    p.also.push_back(also_math(ctx, s.book.written[half.first + d], "written by"));
    report(ctx, std::move(p));
}

void report_bare(tw_ctx* ctx, ComputeState& s) {
    const tw_site* site = s.book.bare;
    s.book.bare = nullptr;
    tell_unwritten(ctx, s, s.book.bare_register, true, site);
}

}  // namespace compute

std::vector<Problem> judge_reads(const tw_core& core) {
    std::vector<Problem> out;
    const Processor& unpack = core.processors[TW_TRISC_UNPACK];
    if (!core.compute || !unpack.image || !checked(*core.compute)) return out;
    // Pages are popped unread for many a good reason. Not where a call has taken both operands from one buffer meanwhile.
    const tw_site* twice = core.compute->one_for_both;
    if (!twice) return out;
    for (uint32_t cb = 0; cb < TW_MAX_CBS; ++cb) {
        const CbBook& book = unpack.books[cb];
        if (!book.unread || !book.pop || book.any_seen || (!core.cb_read_as[cb] && !core.cb_packed_as[cb])) continue;
        if (std::string_view(twice->file) != book.unread->file || std::string_view(twice->file) != book.pop->file) continue;
        if (twice->line <= book.unread->line || twice->line >= book.pop->line) continue;
        Problem p = problem_at(&unpack.ctx, twice, ProblemKind::CbNeverRead, cb, book.popped);
        p.severity = Severity::Warning;
        p.also.push_back(also_at(&unpack.ctx, book.unread, "waited for at"));
        p.also.push_back(also_at(&unpack.ctx, book.pop, "popped at"));
        out.push_back(std::move(p));
    }
    return out;
}

std::vector<Problem> judge_sections(const tw_core& core) {
    std::vector<Problem> out;
    if (!core.compute || !core.processors[TW_TRISC_PACK].image) return out;
    const ComputeState& s = *core.compute;
    const Processor& math = core.processors[TW_TRISC_MATH];
    const Processor& pack = core.processors[TW_TRISC_PACK];
    if (!checked(s)) return out;
    const auto ended = [](const Processor& p) { return p.state != FiberState::Blocked && p.state != FiberState::Ready; };
    const bool pack_ended = ended(pack), math_ended = ended(math);
    const auto tell = [&](const Processor& p, ProblemKind kind, const tw_site* site, const char* role,
                          const tw_site* other) {
        Problem problem = problem_at(&p.ctx, site, kind, s.committed, s.released);
        if (other) problem.also.push_back(also_at(&p.ctx, other, role));
        out.push_back(std::move(problem));
    };
    const bool math_waits = math.state == FiberState::Blocked && math.wait.kind == WaitKind::DstFree;
    if (s.committed != s.released && (pack_ended || math_waits)) {
        const tw_site* last = s.book.unreleased ? s.book.unreleased : s.waited ? s.book.last_packed : nullptr;
        if (last) tell(pack, ProblemKind::DstNotReleased, last, nullptr, nullptr);
    }
    const bool pack_waits = pack.state == FiberState::Blocked && pack.wait.kind == WaitKind::DstReady;
    if (pack_waits && (s.book.uncommitted || (math_ended && s.acquired))) {
        // Between the last result and the packer's wait, where nothing was committed since and the wait stands behind it;
        // a function that commits and packs stands before its callers.
        const tw_site* last = s.book.uncommitted ? s.book.uncommitted : s.book.last_written;
        const tw_site* wait = pack.ctx.site;
        const bool behind = !last || !wait || wait->line > last->line;
        if (last && (behind || s.book.uncommitted_number != s.committed)) {
            tell(math, ProblemKind::DstNotCommitted, last, "waited for by", wait);
        } else {
            tell(pack, ProblemKind::DstNotCommitted, wait, "computed by", last);
        }
    }
    return out;
}

}  // namespace tw
