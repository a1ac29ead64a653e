// Loads and stores through pointers.
#include "diagnose/blame.h"
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

const Rule past_buffer(ProblemKind::RawPastBuffer, "raw-past-buffer", [](const Problem& p, Diagnostic& d) {
    const uint64_t past = p.b + p.c - p.d;
    d.what = fmt::format(
        "stores through a pointer run past the end of CB {}: {} byte{} at L1 {:#x}, and the buffer ends at {:#x}", p.a, p.c,
        p.c == 1 ? "" : "s", p.b, p.d);
    d.why = p.what.empty() ? fmt::format("the store is {} bytes behind the end, in memory that is not the buffer's", past)
                           : fmt::format("what lies there is CB {}, whose pages are overwritten", p.what);
    d.fix =
        "compare the loop's bound with the bytes of the pages that were reserved (get_tile_size(cb), in elements of the "
        "pointer's type)";
});

// d: bit 32: it is the producer's window, below it its pages.
void outside(const Problem& p, Diagnostic& d, const char* verb) {
    const uint64_t n = p.d & 0xffffffff;
    const bool producer = p.d >> 32 & 1;
    d.what =
        fmt::format("{} of {} byte{} through a pointer at L1 {:#x}, in CB {}, outside the {} that {} {}", verb, p.c,
                    p.c == 1 ? "" : "s", p.b, p.a, pages(n), n == 1 ? "is" : "are", producer ? "reserved" : "waited for");
    if (producer) {
        d.why = p.severity == Severity::Error ? "the consumer may be using that page: it may have been pushed already"
                                              : "it works only as long as the buffer happens to have room";
        d.fix = fmt::format(
            "call cb_reserve_back({}, pages) first, take get_write_ptr after it, write no further than these pages, and "
            "push when all is written",
            p.a);
    } else {
        d.why = "the page may not be there yet, or be given back already: the producer may be writing it";
        d.fix = fmt::format(
            "call cb_wait_front({}, pages) first, take get_read_ptr after it, and pop when the kernel is through with the "
            "page",
            p.a);
    }
}

const Rule store_outside(ProblemKind::RawStoreOutside, "cb-window",
                         [](const Problem& p, Diagnostic& d) { outside(p, d, "a store"); });
const Rule load_outside(ProblemKind::RawLoadOutside, "cb-window",
                        [](const Problem& p, Diagnostic& d) { outside(p, d, "a load"); });

}  // namespace
}  // namespace tw::diagnose
