// The math of an operation as PyTorch: what its test compares with.
#pragma once

#include "builder/plan/plan.h"

#include <string>
#include <vector>

namespace tw::builder {

// Statements of a function body over the inputs and parameters by name; the last one is a return. Computed in float32.
std::vector<std::string> torch_reference(const Plan&);
// The same for one let, as a stage of test-driven development; `value` is an index into the graph.
std::vector<std::string> torch_reference(const Plan&, int value);

}  // namespace tw::builder
