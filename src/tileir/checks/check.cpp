#include "tileir/check.h"

#include "tileir/padding.h"

namespace tw::tileir {

std::vector<Finding> check(const Program& program, std::span<const Bindings> samples, const Bounds& bounds) {
    Findings findings;
    check_actors(program, findings);
    check_arguments(program, findings);
    check_balance(program, findings);
    if (!findings.list().empty()) return findings.list();  // a run would repeat them in worse words
    for (const Bindings& sizes : samples) {
        check_memory(program, sizes, bounds.l1_bytes, findings);
        check_padding(program, sizes, bounds.limits, findings);
    }
    return findings.list();
}

}  // namespace tw::tileir
