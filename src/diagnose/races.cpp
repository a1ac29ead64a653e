// Two processors at the same bytes with nothing between them (src/races).
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

// Problem::c of Race, as runtime/race_findings.cpp fills it.
constexpr uint64_t kSecondWrites = 1, kFirstWrites = 2, kDram = 4, kTwoCores = 8;

const Rule race(ProblemKind::Race, "race", [](const Problem& p, Diagnostic& d) {
    const char* second = p.c & kSecondWrites ? "writes" : "reads";
    const char* first = p.c & kFirstWrites ? "wrote" : "read";
    const bool dram = p.c & kDram;
    std::string where = fmt::format("{} bytes at {} {:#x}", p.b - p.a, dram ? "DRAM address" : "L1", p.a);
    if (p.d) where += fmt::format(" (CB {})", p.d - 1);
    d.what = fmt::format("{} {} that {} {}, and nothing orders the two", second, where,
                         p.c & kTwoCores ? "another core" : "another processor", first);
    d.why =
        "neither a circular buffer nor a semaphore, flag, barrier or mailbox that one waits for stands between them: on "
        "silicon either may come first";
    if (p.d) {
        d.fix = fmt::format(
            "let the pages go through CB {}: cb_reserve_back, write, cb_push_back on one side, cb_wait_front, use, "
            "cb_pop_front on the other",
            p.d - 1);
    } else if (p.c & kTwoCores) {
        d.fix = dram ? "wait for the write's barrier, then raise a semaphore that the other core waits for; or let one "
                       "core alone "
                       "write the page"
                     : "raise a semaphore behind the transfer's barrier, and wait for it before the bytes are used";
    } else {
        d.fix = "hand the bytes over by a circular buffer or a semaphore that the other processor waits for";
    }
});

}  // namespace
}  // namespace tw::diagnose
