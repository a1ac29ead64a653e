// Kernels that stop themselves.
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

const Rule custom(ProblemKind::Custom, "kernel", [](const Problem& p, Diagnostic& d) {
    d.code = p.code;
    d.what = p.what;
    d.why = p.why;
    d.fix = p.fix;
});

const Rule assertion(ProblemKind::Assert, "assert", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("ASSERT({}) does not hold", p.what);
    d.why = "on silicon the core stops here when the watcher is on, and goes on when it is off";
});

const Rule unimplemented(ProblemKind::Unimplemented, "unimplemented", [](const Problem& p, Diagnostic& d) {
    d.category = Category::Unimplemented;
    d.what = fmt::format("not implemented in tilewright: {}", p.what);
});

}  // namespace
}  // namespace tw::diagnose
