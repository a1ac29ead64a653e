#include "noc/flag_order.h"

#include "noc/address.h"
#include "noc/noc_map.h"

#include <algorithm>
#include <utility>

namespace tw {
namespace {

// The tiles that an address names: one, or a rectangle whose corners may come in either order.
struct Tiles {
    uint32_t x0, y0, x1, y1;
    Tiles(uint64_t address, bool multicast) {
        const NocAddress a(address);
        x0 = x1 = a.x;
        y0 = y1 = a.y;
        if (!multicast) return;
        x0 = std::min(a.x, a.start_x);
        x1 = std::max(a.x, a.start_x);
        y0 = std::min(a.y, a.start_y);
        y1 = std::max(a.y, a.start_y);
    }
    bool meets(const Tiles& o) const { return x0 <= o.x1 && o.x0 <= x1 && y0 <= o.y1 && o.y0 <= y1; }
};

}  // namespace

void check_flag_order(tw_ctx* ctx, uint32_t noc, uint64_t address, uint32_t flags, const tw_site* site) {
    Processor& p = processor_of(ctx);
    if ((p.noc[0].writes.empty() && p.noc[1].writes.empty()) || flags & TW_NOC_LINKED) return;
    if (!ctx->core->host->checks.has(Check::NocOrder)) return;
    const Tiles to(address, flags & TW_NOC_MULTICAST);
    const bool buffers_are_apart = ctx->core->noc_map->arch() == Arch::Blackhole;
    for (uint32_t n = 0; n < 2; ++n) {
        for (const PendingWrite& w : p.noc[n].writes) {
            // A linked multicast keeps its path for the one that follows.
            const bool linked = n == (noc & 1) && w.flags & TW_NOC_LINKED && flags & TW_NOC_MULTICAST;
            if (w.flags & TW_NOC_FLAG || linked || !Tiles(w.address, w.flags & TW_NOC_MULTICAST).meets(to)) continue;
            Overtakes why;
            if (n != (noc & 1)) {
                why = Overtakes::OtherNoc;
            } else if ((w.flags ^ flags) & TW_NOC_MULTICAST) {
                why = Overtakes::OtherChannel;
            } else if (buffers_are_apart) {
                why = Overtakes::OtherBuffer;
            } else {
                continue;
            }
            Problem problem =
                problem_at(ctx, w.site, ProblemKind::FlagOvertakesData, static_cast<uint64_t>(why), address, w.bytes);
            problem.also.push_back(also_at(ctx, site, "the flag at"));
            report(ctx, std::move(problem));
        }
    }
}

}  // namespace tw
