// Runtime arguments that the host did not give.
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

const Rule missing_arg(ProblemKind::MissingArg, "missing-runtime-arg", [](const Problem& p, Diagnostic& d) {
    const char* kind = p.c ? "common runtime arg" : "runtime arg";
    const std::string name = p.what.empty() ? "" : fmt::format(" ('{}')", p.what);
    d.what =
        p.d ? fmt::format("the kernel reads {} {}{}, and this core was left out: other cores of the kernel have theirs",
                          kind, p.a, name)
        : p.b == 0 ? fmt::format("the kernel reads {} {}{}, but this core was given none", kind, p.a, name)
                   : fmt::format("the kernel reads {} {}{}, but this core was given only {}", kind, p.a, name, p.b);
    d.why = p.b == 0 ? "on silicon it reads whatever an earlier program left there; here it reads 0"
                     : "on silicon it would read whatever an earlier program left there";
    d.fix = p.c ? fmt::format("give {} words in KernelDescriptor.common_runtime_args", p.a + 1)
                : fmt::format(
                      "give core ({},{}) {} words in KernelDescriptor.runtime_args, or leave the core out of core_ranges "
                      "(TILEWRIGHT_MISSING_ARGS=zero reads them as 0)",
                      p.core_x, p.core_y, p.a + 1);
});

const Rule read_twice(ProblemKind::ArgReadTwice, "arg-read-twice", [](const Problem& p, Diagnostic& d) {
    d.what =
        fmt::format("'{}' and '{}' are both made of runtime arg {}, and nothing reads arg {}", p.why, p.what, p.a, p.b);
    d.why = "the host gives each of them a word of its own";
    d.fix = fmt::format("make '{}' of the arg that is meant for it: get_arg_val<uint32_t>({})", p.what, p.b);
});

const Rule missing_named_arg(ProblemKind::MissingNamedArg, "missing-named-arg", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("the kernel uses the named compile-time arg '{}', which its descriptor does not give", p.what);
    d.why = "here it reads 0; on silicon its value is undefined, and so is what the compiler makes of its use";
    d.fix = fmt::format("give '{}' in KernelDescriptor.named_compile_time_args", p.what);
});

}  // namespace
}  // namespace tw::diagnose
