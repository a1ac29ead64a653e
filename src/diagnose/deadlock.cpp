// Fibers are left and nothing can wake them. Because every way to wake a fiber is a NoC write or another fiber of the same
// core, and none of either is left, this is certain; the report lists who waits for what, and who could have ended the
// wait.
#include "diagnose/explain.h"
#include "diagnose/waits.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::diagnose {
namespace {

constexpr size_t kMostListed = 12;

std::string why_text(const tw_core& core, const Processor& p) {
    switch (p.wait.kind) {
        case WaitKind::CbPages:
            return fmt::format("nobody who is still running will push to CB {} on core ({},{})", p.wait.subject,
                               core.coord.x, core.coord.y);
        case WaitKind::CbSpace:
            return fmt::format("nobody who is still running will pop from CB {} on core ({},{})", p.wait.subject,
                               core.coord.x, core.coord.y);
        case WaitKind::Word: return "no core that is still running will write that word";
        default: return "the processors of a core wait for each other";
    }
}

std::string fix_text(const Processor& p) {
    switch (p.wait.kind) {
        case WaitKind::CbPages:
            return "push as many pages as are waited for: compare the loop counts of producer and consumer";
        case WaitKind::CbSpace:
            return "pop what was waited for (cb_pop_front), compare the loop counts of both sides, or give the CB more "
                   "pages";
        case WaitKind::Word: return "check the semaphore's id, target coordinates, count and initial value";
        case WaitKind::DstFree: return "each tile_regs_acquire/commit needs a tile_regs_wait/release";
        case WaitKind::DstReady: return "each tile_regs_wait needs a tile_regs_commit before it";
        default: return "give each init, unpack, math and pack call to all three compute threads";
    }
}

Diagnostic report(std::span<tw_core* const> cores, const char* code, const char* headline) {
    Diagnostic d;
    d.category = Category::KernelError;
    d.code = code;
    size_t waiting = 0, cores_waiting = 0;
    std::vector<std::string> seen;
    for (const tw_core* core : cores) {
        bool here = false;
        for (const Processor& p : core->processors) {
            if (p.state != FiberState::Blocked && p.state != FiberState::Ready) continue;
            ++waiting;
            here = true;
            const std::string wait = wait_text(*core, p);
            // Cores of a grid tend to wait alike; the first of each kind tells the story.
            const std::string kind = fmt::format("{}{}", risc_name(p.ctx.risc), wait);
            if (d.at.size() < kMostListed && std::ranges::find(seen, kind) == seen.end()) {
                seen.push_back(kind);
                const tw_site* site = p.ctx.site;
                d.at.push_back(fmt::format("core ({},{}) {} {} {}", core->coord.x, core->coord.y, risc_name(p.ctx.risc),
                                           site ? fmt::format("{}:{}", site->file, site->line) : p.image->name, wait));
                if (d.why.empty()) d.why = why_text(*core, p);
                if (d.fix.empty()) d.fix = fix_text(p);
            }
        }
        cores_waiting += here;
    }
    d.what =
        fmt::format("{}; {} processors on {} core{} wait", headline, waiting, cores_waiting, cores_waiting == 1 ? "" : "s");
    if (d.at.size() < waiting && cores_waiting > 1) d.at.push_back("other cores wait in the same places");
    return d;
}

}  // namespace

Diagnostic explain_deadlock(std::span<tw_core* const> cores) {
    if (std::ranges::any_of(cores, [](const tw_core* core) { return could_go_on(*core); })) return explain_lost_wake(cores);
    return report(cores, "deadlock", "no core can go on");
}

}  // namespace tw::diagnose
