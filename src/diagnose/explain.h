// From facts to words: every problem that a run can end with becomes a Diagnostic here.
//
// One file per family of problems; each registers a function for the kinds that it knows. Adding one is adding a file.
#pragma once

#include "base/error.h"
#include "core/core.h"
#include "observe/findings.h"

#include <span>
#include <vector>

namespace tw::diagnose {

Diagnostic explain(const Problem&);
Diagnostic explain(const Finding&);  // with the cores that had it
// Places that are known by their code only get their lines (core/code_site.h).
void find_lines(std::vector<Finding>&);
// What a finding weighs may show only at the end, when it is known what came after.
void settle(std::vector<Finding>&, std::span<tw_core* const>);
// Fibers are left and none can go on: who waits for what. If one could go on after all, explain_lost_wake().
Diagnostic explain_deadlock(std::span<tw_core* const>);
Diagnostic explain_lost_wake(std::span<tw_core* const>);
// A core that is not done, and that the scheduler should not have left: a wait of its is satisfied, or it is not parked.
bool could_go_on(const tw_core&);
Diagnostic explain_hang(std::span<tw_core* const>);

// "kernels/reader.cpp:41, core (2,3), NCRISC"
std::string place(const Problem&);
// "(1,0)-(7,0), (0,1)"
std::string cores_text(std::span<const std::pair<uint16_t, uint16_t>>);

// Fills what, why and fix; category, code and place are set already and may be changed.
using Explain = void (*)(const Problem&, Diagnostic&);
struct Rule {
    Rule(ProblemKind, const char* code, Explain);
};

}  // namespace tw::diagnose
