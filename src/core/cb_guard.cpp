#include "core/cb_guard.h"

#include <bit>

namespace tw {

PushWatch push_watch;

static void note(PushWatch::Push& place, const tw_ctx* ctx, const tw_site* site) {
    __atomic_store_n(&place.site, site, __ATOMIC_RELAXED);
    __atomic_store_n(&place.who, ctx, __ATOMIC_RELAXED);
}

void note_push(const tw_ctx* ctx, uint32_t cb, const tw_site* site) {
    note(push_watch.last[cb], ctx, site);
}

void note_landing(const tw_ctx* ctx, const tw_core& core, uint64_t address, const tw_site* site) {
    for (const Processor& p : core.processors) {
        if (!p.image) continue;
        const uint32_t shift = pointer_shift(&p.ctx);
        for (uint64_t left = core.cbs; left; left &= left - 1) {
            const auto cb = static_cast<size_t>(std::countr_zero(left));
            const tw_local_cb& local = p.ctx.cb[cb];
            const uint64_t end = uint64_t{local.fifo_limit} << shift;
            if (address < end && address >= end - (uint64_t{local.fifo_size} << shift))
                note(push_watch.landed[cb], ctx, site);
        }
        return;
    }
}

void tell_spoiled_page(tw_ctx* ctx, uint32_t cb, uint32_t by, const tw_site* site) {
    ctx->core->guards.live &= ~(uint64_t{1} << cb);
    if (!ctx->core->host->checks.has(Check::Memory)) return;
    const ledger::CoreMap& map = *ctx->core->map;
    const bool seen_by_writer = by < TW_MAX_CBS;
    if (!seen_by_writer) {
        for (uint32_t below = 0; below < TW_MAX_CBS; ++below)
            if ((map.watched >> below & 1) && map.above[below] == cb) by = below;
    }
    report(ctx, problem_at(ctx, site, ProblemKind::CbSpoiled, cb, by, seen_by_writer));
}

}  // namespace tw
