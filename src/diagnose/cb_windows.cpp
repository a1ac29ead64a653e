// Circular buffers used past what was reserved or waited for.
#include "diagnose/blame.h"
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

const Rule unpack_outside(ProblemKind::CbUnpackOutside, "cb-window", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("tile {} of CB {} is read, and {} waited for", p.b, p.a,
                         p.c == 0   ? "none was"
                         : p.c == 1 ? "only 1 page was"
                                    : fmt::format("only {} pages were", p.c));
    d.why = p.c == 0 ? "nothing says that the page is there: it may not be pushed yet, or be popped already"
                     : "tiles count from the read position, and nothing says that this one is there yet";
    d.fix = fmt::format("call cb_wait_front({}, {}) before, and cb_pop_front after it", p.a, p.b + 1);
});

const Rule pack_outside(ProblemKind::CbPackOutside, "cb-window", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("page {} of CB {} is packed, and {} reserved", p.b, p.a,
                         p.c == 0   ? "none is"
                         : p.c == 1 ? "only 1 is"
                                    : fmt::format("only {} are", p.c));
    d.why = p.severity == Severity::Error
                ? "pages count from the write position: the consumer may still be reading this one"
                : "it works only as long as the buffer happens to have room";
    d.fix = fmt::format("call cb_reserve_back({}, {}) before packing, and cb_push_back after it", p.a, p.b + 1);
    if (p.d) {
        d.what = fmt::format("page {} of CB {} is packed, which another kernel of this core fills", p.b, p.a);
        d.why = "this thread reserves none of its pages: it writes over what was pushed, or is about to be";
        d.fix = "pack into the buffer that is meant, or reserve pages of this one";
    }
});

const Rule never_read(ProblemKind::CbNeverRead, "cb-never-read", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format(
        "this call takes both operands from one buffer, and no call reads CB {}, whose pages this kernel "
        "waits for before it and pops behind it ({})",
        p.a, pages(p.b));
    d.why = "there is data in it: it was read or packed into the buffer for somebody";
    d.fix = fmt::format("name CB {} in the call that is to use it, or do not send the data", p.a);
});

const Rule write_outside(ProblemKind::CbWriteOutside, "cb-window", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("a read of {} bytes lands in CB {} at {:#x}, outside the {} that {} reserved", p.c, p.a, p.b,
                         pages(p.d), p.d == 1 ? "is" : "are");
    d.why = p.severity == Severity::Error ? "the consumer may be using that page"
                                          : "it works only as long as the buffer happens to have room";
    d.fix = fmt::format(
        "call cb_reserve_back({}, pages) first, take get_write_ptr after it, and write no further than these pages", p.a);
});

const Rule read_outside(ProblemKind::CbReadOutside, "cb-window", [](const Problem& p, Diagnostic& d) {
    if (p.d >> 32) {
        d.what = fmt::format("a write sends {} bytes of CB {} at {:#x}, behind the {} that {} reserved", p.c, p.a, p.b,
                             pages(p.d & UINT32_MAX), (p.d & UINT32_MAX) == 1 ? "is" : "are");
        d.why = "this kernel fills the buffer, and has put nothing there yet: what was there before is sent";
        d.fix = "take the address from get_write_ptr, and send no more than the reserved pages";
        return;
    }
    d.what = fmt::format("a write sends {} bytes of CB {} at {:#x}, outside the {} that {} waited for", p.c, p.a, p.b,
                         pages(p.d), p.d == 1 ? "was" : "were");
    d.why = "the page may not be there yet, or be given back already: the producer may be writing it";
    d.fix = fmt::format(
        "call cb_wait_front({}, pages) first, take get_read_ptr after it, and pop only when the write has been flushed",
        p.a);
});

const Rule reserved_fewer(ProblemKind::CbReservedFewer, "cb-window", [](const Problem& p, Diagnostic& d) {
    const std::string reserved = p.c == 0   ? fmt::format("no page of CB {} is reserved", p.a)
                                 : p.c == 1 ? fmt::format("only 1 page of CB {} is reserved", p.a)
                                            : fmt::format("only {} pages of CB {} are reserved", p.c, p.a);
    d.what = fmt::format("{}, and {} {} written and pushed", reserved, p.b, p.b == 1 ? "is" : "are");
    d.why = p.severity == Severity::Error ? "the consumer may still be reading what is written over"
                                          : "it works only as long as the buffer happens to have room";
    d.fix = fmt::format("call cb_reserve_back({}, {}) before the pages are written", p.a, p.b);
});

const Rule waited_fewer(ProblemKind::CbWaitedFewer, "cb-window", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("only {} of CB {} {} waited for, and {} are used and popped", pages(p.c), p.a,
                         p.c == 1 ? "is" : "are", p.b);
    d.why = "nothing says that the others are there yet";
    d.fix = fmt::format("call cb_wait_front({}, {})", p.a, p.b);
});

const Rule never_sent(ProblemKind::CbNeverSent, "cb-never-read", [](const Problem& p, Diagnostic& d) {
    if (p.d) {
        d.what = fmt::format(
            "this sends bytes of CB {}, which the kernel never waits for; CB {}, which it pops, is not read", p.d - 1, p.a);
        d.why = "there is data in it: it was read or packed into the buffer for somebody";
        d.fix = fmt::format("take the address from get_read_ptr({})", p.a);
        return;
    }
    d.what = fmt::format(
        "the same bytes of CB {} are sent twice, and page {} of the {} that are popped after it is not sent at all", p.a,
        p.b, p.c);
    d.why = "each page that is waited for has data of its own: a pointer or an index has not moved on";
    d.fix = "add the size of a page to the address after each transfer, or pop without sending anything twice";
});

const Rule never_filled(ProblemKind::CbNeverFilled, "cb-window", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format(
        "a read lands in CB {}, which another kernel of this core uses; of CB {}, which this kernel reserves and pushes, "
        "nothing is filled ({})",
        p.c, p.a, pages(p.b));
    d.why = "the pages that are pushed hold what was there before, and the other buffer's are written over";
    d.fix = fmt::format("read to get_write_ptr({}), and no further than the reserved pages", p.a);
});

const Rule two_kernels(ProblemKind::CbTwoKernels, "cb-two-kernels", [](const Problem& p, Diagnostic& d) {
    const char* verb = p.b ? "pushes to" : "pops from";
    d.what = fmt::format("this kernel {} CB {}, and so does another on this core", verb, p.a);
    d.why = fmt::format(
        "each has a {} pointer of its own, and only the page counter is common: this one's pointer is not where the next "
        "page is",
        p.b ? "write" : "read");
    d.fix = "give each of them a circular buffer of its own";
});

}  // namespace
}  // namespace tw::diagnose
