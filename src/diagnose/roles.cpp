// What a call's tensors were used for. Problem::what names the tensor, `a` is its place in the call's list.
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

void place_or_call(const Problem& p, Diagnostic& d) {
    if (p.line == 0) d.at = {fmt::format("generic_op, io_tensors[{}]", p.a)};
}

const Rule wrote_input(ProblemKind::WroteInput, "wrote-input", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("the program writes {}, and never {}, the output of the call", p.what, p.why);
    d.why = "generic_op returns the last tensor of the list; nobody expects the others to change";
    d.fix =
        fmt::format("pass {}'s buffer_address() to the kernel that writes, or put the tensor that is written last", p.why);
});

const Rule input_not_read(ProblemKind::InputNotRead, "input-not-read", [](const Problem& p, Diagnostic& d) {
    place_or_call(p, d);
    d.what = fmt::format("no kernel reads {}", p.what);
    if (p.why.empty()) {
        d.why = "its address is among the kernels' arguments, and no transfer went there";
        d.fix =
            "check the address that the accessor is made with, and the loop's bounds; or leave the tensor out of the call";
    } else {
        d.why = fmt::format("its address is in no argument, while that of {} is read where another one was to be expected",
                            p.why);
        d.fix = fmt::format("pass io_tensors[{}].buffer_address() where it belongs", p.a);
    }
});

const Rule shifted(ProblemKind::SharesShifted, "page-shares-shifted", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("{}: some pages are {} by two cores, and as many by none", p.what, p.d ? "written" : "read");
    d.why = p.why;
    d.fix = fmt::format("let this core begin at page {}: check its first page where the host shares the work out", p.c);
});

const Rule written_twice(ProblemKind::PageWrittenTwice, "page-written-twice", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("page {} of {} is written by two cores", p.b, p.what);
    d.why = "which of the two writes comes last is left to chance";
    d.fix = "check the first page and the number of pages that each core gets";
});

const Rule not_written(ProblemKind::PagesNotWritten, "output-not-written", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("{}: nobody wrote {}", p.what, p.why);
    d.why = "a new tensor holds whatever was in its memory before";
    if (p.line != 0 && p.why.substr(0, 3) != "any") d.why += "; the others are written at this place";
    if (p.line == 0) d.why = "no transfer of the program goes to a tensor; " + d.why;
    d.fix = "check the loop's bounds, and the first page and the number of pages that each core gets";
});

}  // namespace
}  // namespace tw::diagnose
