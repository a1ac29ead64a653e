// The scheduler found nobody who can go on, and is wrong: a wait that it stopped at is satisfied, or a core with work is
// not parked. That is our fault (core/turn.h says how it could come about) and must never be told as the kernel's, so a
// deadlock is looked at again before it is reported, and this one lists all there is to know.
#include "diagnose/explain.h"
#include "diagnose/waits.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::diagnose {
namespace {

const char* name(RunState s) {
    switch (s) {
        case RunState::Parked: return "parked";
        case RunState::Queued: return "queued";
        case RunState::Running: return "running";
        case RunState::RunningDirty: return "running, and written to";
        case RunState::Done: return "done";
    }
    return "?";
}

const char* name(FiberState s) {
    switch (s) {
        case FiberState::Idle: return "idle";
        case FiberState::Ready: return "ready";
        case FiberState::Blocked: return "blocked";
        case FiberState::Done: return "done";
    }
    return "?";
}

bool could_go_on(const Processor& p) {
    return p.state == FiberState::Ready || (p.state == FiberState::Blocked && holds(p.wait));
}

}  // namespace

bool could_go_on(const tw_core& core) {
    if (core.fibers_left == 0) return false;
    const auto can = [](const Processor& p) { return could_go_on(p); };
    return core.turn.state() != RunState::Parked || std::ranges::any_of(core.processors, can);
}

Diagnostic explain_lost_wake(std::span<tw_core* const> cores) {
    Diagnostic d;
    d.category = Category::InternalError;
    d.code = "lost-wake";
    size_t wrong = 0;
    for (const tw_core* core : cores) {
        wrong += could_go_on(*core);
        d.at.push_back(fmt::format("core ({},{}): {}, {} fibers left", core->coord.x, core->coord.y,
                                   name(core->turn.state()), core->fibers_left));
        if (core->fibers_left == 0) continue;
        for (const Processor& p : core->processors) {
            if (!p.image || p.state == FiberState::Idle) continue;
            const tw_site* site = p.ctx.site;
            const char* verdict = could_go_on(p) ? ": could go on" : "";
            d.at.push_back(fmt::format("core ({},{}) {}: {}, {} {}{}", core->coord.x, core->coord.y, risc_name(p.ctx.risc),
                                       name(p.state), site ? fmt::format("{}:{}", site->file, site->line) : p.image->name,
                                       wait_text(*core, p), verdict));
        }
    }
    d.what = fmt::format("the scheduler stopped although {} core{} could go on", wrong, wrong == 1 ? "" : "s");
    d.why = "a core was not told that its L1 had changed, or its worker did not look again";
    d.fix =
        "this is a bug in tilewright, not in the kernels; please report it with this text. One worker "
        "(TILEWRIGHT_WORKERS=1) should not have it";
    return d;
}

}  // namespace tw::diagnose
