#include "raw/checks.h"

#include "core/code_site.h"
#include "core/order.h"
#include "core/push_watch.h"
#include "noc/ownership.h"
#include "raw/streams.h"
#include "raw/windows.h"

namespace tw::raw {
namespace {

// So many elements ahead is the next turn of a loop that the compiler has unrolled.
constexpr uint32_t kUnrolled = 16;

template <class InFlight>
bool is_free_of(const InFlight& transfers, const Range& r) {
    return transfers.empty() || !transfers.may_touch(r.from, r.to - r.from);
}

// Against the processor's own transfers. That a store changed the source of a write shows at the flush, which knows what
// the source was: here is noted where it may have happened.
void check_transfers(tw_ctx* ctx, const Access& a) {
    Processor& p = processor_of(ctx);
    if (__builtin_expect(p.noc[0].reads.may_touch(a.address, a.bytes) || p.noc[1].reads.may_touch(a.address, a.bytes), 0))
        find_early_use(ctx, a.write ? ReadUse::Store : ReadUse::Load, a.address, a.bytes, TW_MAX_CBS, code_site(a.code));
    if (!a.write) return;
    if (__builtin_expect(p.noc[0].writes.may_touch(a.address, a.bytes) || p.noc[1].writes.may_touch(a.address, a.bytes), 0))
        p.raw.reuses[p.raw.next_reuse++ % RawState::kReuses] = {.code = a.code, .address = a.address, .bytes = a.bytes};
}

// All that is asked of an access. What is fine around it, for those that follow; empty where something may be wrong.
[[gnu::noinline]] Range look(tw_ctx* ctx, RawState::Stream& s, const Access& a) {
    const Processor& p = processor_of(ctx);
    const Checks checks = ctx->core->host->checks;
    Range fine{0, ctx->l1_size};
    if (__builtin_expect(push_watch.on && a.write, 0)) note_store(ctx, a.address, code_site(a.code));
    if (checks.has(Check::NocOrder)) check_transfers(ctx, a);
    // A place that left its buffer is told of once, whatever it hits.
    if (a.write && (checks.has(Check::Memory) || checks.has(Check::RawAccess))) {
        if (check_stream(ctx, s, a)) return {};
        if (s.end) fine.clip(s.begin, s.end);
    }
    if (checks.has(Check::CbWindow) && ctx->core->cbs && !check_raw_window(ctx, a, fine)) return {};
    if (!checks.has(Check::Memory) || !ctx->core->ledger) return {};
    const ownership::Extent owner = ownership::check_pointer(ctx, a.address, a.bytes, a.write, a.code);
    fine.clip(owner.begin, owner.end);
    if (checks.has(Check::NocOrder)) {
        for (const NocQueue& queue : p.noc)
            if (!is_free_of(queue.reads, fine) || (a.write && !is_free_of(queue.writes, fine))) return {};
    }
    return fine;
}

}  // namespace

bool check(tw_ctx* ctx, const Access& a) {
    Processor& p = processor_of(ctx);
    RawState::Stream& s = stream_of(p, a);
    const bool same = s.code == a.code && s.write == a.write;
    const bool in_loop = same && a.address > s.last && a.address - s.last <= kUnrolled * a.bytes;
    const bool is_fine =
        same && s.epoch == p.raw.epoch && a.address >= s.fine_from && uint64_t{a.address} + a.bytes <= s.fine_to;
    if (__builtin_expect(!is_fine, 0)) {
        const Range fine = look(ctx, s, a);
        s.code = a.code;
        s.write = a.write;
        s.epoch = p.raw.epoch;
        s.fine_from = fine.from;
        s.fine_to = fine.to;
    }
    s.last = a.address;
    s.bytes = a.bytes;
    return in_loop;
}

}  // namespace tw::raw
