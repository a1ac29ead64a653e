#include "raw/checks.h"

#include "core/code_site.h"
#include "core/order.h"
#include "noc/ownership.h"
#include "raw/streams.h"
#include "raw/windows.h"

namespace tw::raw {
namespace {

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

}  // namespace

void check(tw_ctx* ctx, const Access& a) {
    const Checks checks = ctx->core->host->checks;
    if (checks.has(Check::NocOrder)) check_transfers(ctx, a);
    // A place that left its buffer is told of once, whatever it hits.
    if (a.write && (checks.has(Check::Memory) || checks.has(Check::RawAccess)) && check_stream(ctx, a)) return;
    if (checks.has(Check::CbWindow)) check_raw_window(ctx, a);
    if (checks.has(Check::Memory) && ctx->core->ledger) ownership::check_pointer(ctx, a.address, a.bytes, a.write, a.code);
}

}  // namespace tw::raw
