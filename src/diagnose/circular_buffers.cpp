// Circular buffers used against their protocol.
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

const Rule unknown(ProblemKind::CbUnknown, "cb-unknown", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("circular buffer {} does not exist on this core", p.a);
    d.why = "no CBDescriptor of the program has this buffer_index with a core range that holds the core";
    d.fix = fmt::format(
        "add a CBDescriptor with CBFormatDescriptor(buffer_index={}, ...) for the core, or use another index", p.a);
});

const Rule too_many(ProblemKind::CbTooManyPages, "cb-capacity", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("asks for {} pages of circular buffer {}, which holds only {}", p.b, p.a, p.c);
    d.why = "the wait can never end";
    d.fix = fmt::format("give CB {} at least {} pages (CBDescriptor.total_size), or take fewer at a time", p.a, p.b);
});

const Rule overrun(ProblemKind::CbOverrun, "cb-overrun", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("cb_push_back({}, {}) publishes more pages than were reserved ({})", p.a, p.b, p.c);
    d.why = p.severity == Severity::Warning ? "it works only as long as the buffer happens to have room"
                                            : "pages that the consumer has not popped yet may be overwritten";
    d.fix = fmt::format("call cb_reserve_back({}, {}) before the pages are written", p.a, p.b);
});

const Rule underrun(ProblemKind::CbUnderrun, "cb-underrun", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("cb_pop_front({}, {}) takes more pages than were waited for ({})", p.a, p.b, p.c);
    d.why = p.severity == Severity::Warning
                ? "nothing uses the buffer after it, so silicon does not notice; one more use would read what is not there"
                : "pages that the producer has not pushed yet may be handed back to it";
    d.fix = fmt::format("call cb_wait_front({}, {}) first, and pop only what was waited for", p.a, p.b);
});

const Rule wrap(ProblemKind::CbWrap, "cb-wrap", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("moving circular buffer {} by {} pages runs past its end, {} pages on", p.a, p.b, p.c);
    d.why =
        "the pointer goes back to the start only when it meets the end exactly; on silicon the rest lands in the next "
        "buffer";
    d.fix = "use one block size for a CB, and make its page count a multiple of that";
});

const Rule pages_left(ProblemKind::CbPagesLeft, "cb-pages-left", [](const Problem& p, Diagnostic& d) {
    const std::string pushed = p.b == 1 ? "1 page was pushed" : fmt::format("{} pages were pushed", p.b);
    d.what = p.c >= p.b ? fmt::format("CB {}: {}, and only {} popped", p.a, pushed, p.d)
             : p.c == 0 ? fmt::format("CB {}: {}, and nobody waits for one", p.a, pushed)
                        : fmt::format("CB {}: {}, and only {} waited for", p.a, pushed, p.c);
    d.why = fmt::format("{} pushes and {} takes: their loops do not agree, and what is left is never used", p.what, p.why);
    d.fix = "compare the two loops' bounds, and the pages of each wait, pop and push";
});

const Rule page_unread(ProblemKind::CbPageUnread, "cb-never-read", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("of the {} pages of CB {} that are popped at a time, page {} is never read", p.c, p.a, p.b);
    d.why = "the calls between wait and pop read the others";
    d.fix = "check where the loop around this call begins, ends and how far it steps";
});

}  // namespace
}  // namespace tw::diagnose
