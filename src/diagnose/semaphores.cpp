// Semaphores of a run that came to its end although they are used wrongly.
#include "core/semaphore_book.h"
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

const Rule semaphore(ProblemKind::SemaphoreLeft, "semaphore-overshot", [](const Problem& p, Diagnostic& d) {
    switch (static_cast<SemaphoreFault>(p.c)) {
        case SemaphoreFault::ResetEarly:
            d.code = "semaphore-reset-early";
            d.what = fmt::format("semaphore {} is reset before it is waited for, while other cores raise it", p.a);
            d.why = "an increment that came before is lost, and the wait may then last for ever";
            d.fix = "reset it behind the wait: nobody may raise it between the two";
            break;
        case SemaphoreFault::ResetLate:
            d.code = "semaphore-reset-late";
            d.what = fmt::format("semaphore {} is reset after the core that writes it was told to go on", p.a);
            d.why = "what that core writes in between is lost, and the next wait may last for ever";
            d.fix = "reset it before the other core is told";
            break;
        case SemaphoreFault::NeverAwaited:
            d.code = "semaphore-not-awaited";
            d.what = fmt::format(
                "semaphore {} is reset here, other cores write it, and no kernel of this core waits for it", p.a);
            d.why = "nothing says that what the others announce by it has come to pass";
            d.fix = "wait for it (noc_semaphore_wait) before it is reset";
            break;
        case SemaphoreFault::Overshot:
            d.code = "semaphore-overshot";
            d.what = fmt::format("semaphore {} is {} at the end, and nobody waited for more than it was raised to before",
                                 p.a, p.b);
            d.why =
                "a wait for an exact value took a value of an earlier round: the word was not set back, or is raised too "
                "often";
            d.fix = "set it back behind the wait (noc_semaphore_set), or wait for at least the round's number";
            break;
    }
});

}  // namespace
}  // namespace tw::diagnose
