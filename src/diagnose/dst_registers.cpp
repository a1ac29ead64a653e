// DST's registers: taken before anybody wrote them, and hand-overs between the math thread and the packer that were left
// out.
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

std::string at(const Also& also) {
    return fmt::format("{}:{}", also.file, also.line);
}

const Rule unwritten(ProblemKind::DstUnwritten, "dst-unwritten", [](const Problem& p, Diagnostic& d) {
    d.why = "a released half of DST is cleared: a register that no call writes reads as zeros";
    const std::string reader = p.also.empty() ? "" : at(p.also.front());
    switch (p.c) {
        case 1:
            d.what = p.b == p.a
                         ? fmt::format(
                               "DST register {} is taken at {}, and nothing has written it: this call's result was "
                               "overwritten before anybody took it",
                               p.a, reader)
                         : fmt::format(
                               "DST register {} is taken at {}, and nothing has written it; this call writes register "
                               "{}, which nobody takes",
                               p.a, reader, p.b);
            d.fix = fmt::format("write register {} here, or take the register that is written", p.a);
            break;
        case 2:
            d.what = fmt::format(
                "DST register {} is packed at {}, and nothing has written it since tile_regs_acquire: of the "
                "section's results the nearest is this call's",
                p.a, reader);
            d.fix = "compute as many registers as are packed: compare both loops";
            break;
        case 3:
            d.what = fmt::format(
                "DST register {} is packed at {}, and no call between tile_regs_acquire and "
                "tile_regs_commit writes it",
                p.a, reader);
            d.fix = "a call that copies or computes is missing in this section";
            break;
        default:
            d.what = fmt::format("{} DST register {}, which nothing has written since tile_regs_acquire",
                                 p.c == 4 ? "this packs" : "this operation reads", p.a);
            if (p.also.empty()) {
                d.fix = fmt::format("a call that writes register {} is missing before it (copy_tile, for instance)", p.a);
            } else {
                d.what += fmt::format("; register {}, written at {}, is taken by nobody", p.b, at(p.also.front()));
                d.fix = fmt::format("take register {}", p.b);
            }
    }
});

const Rule unpacked(ProblemKind::DstUnpacked, "dst-unpacked", [](const Problem& p, Diagnostic& d) {
    d.what =
        fmt::format("this tile_regs_release gives DST away, and nothing of it was packed: register {} was written at {}",
                    p.a, p.also.empty() ? "" : at(p.also.front()));
    d.why = "what a section computes is lost at its release";
    d.fix = fmt::format("pack_tile({}, cb) between tile_regs_wait and tile_regs_release", p.a);
});

const Rule not_released(ProblemKind::DstNotReleased, "missing-tile-regs-release", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format(
        "no tile_regs_release follows this pack: the math thread has committed {} times, the packer has "
        "released {} times",
        p.a, p.b);
    d.why =
        "a half that is not released is packed again at the next tile_regs_wait; the math thread, or the next kernel's "
        "start, waits for it for good";
    d.fix = "call tile_regs_release() when the section's registers are packed";
});

const Rule not_committed(ProblemKind::DstNotCommitted, "missing-tile-regs-commit", [](const Problem& p, Diagnostic& d) {
    const bool waits = p.risc == TW_TRISC_PACK;
    d.what = waits ? "this tile_regs_wait waits for a tile_regs_commit that is missing"
                   : "no tile_regs_commit follows what this call has computed";
    d.why = fmt::format("the math thread has committed {} times, the packer has released {} times{}", p.a, p.b,
                        p.also.empty() ? ""
                        : waits        ? fmt::format("; what {} computed was not handed over", at(p.also.front()))
                                       : fmt::format("; the packer waits at {}", at(p.also.front())));
    d.fix = "call tile_regs_commit() when the section's registers are computed";
});

}  // namespace
}  // namespace tw::diagnose
