#include "core/cb_guard.h"

namespace tw {

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
