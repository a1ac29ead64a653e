// Loads and stores through pointers.
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

}  // namespace
}  // namespace tw::diagnose
