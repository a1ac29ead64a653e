// Sizes, formats and arguments of a plan in Python, in the words of the plan's dialect.
#pragma once

#include "builder/plan/plan.h"

#include <string>

namespace tw::builder {

std::string python_text(const Plan&, const Size&);
std::string python_text(const Format&);                    // "x.dtype"
std::string python_text(const Plan&, const Requirement&);  // true when it does not hold
std::string python_text(const Plan&, const Fp32Dest&);
// An argument in the descriptor, where a core's share of the units is in `start` and `units`.
std::string python_text(const Plan&, const ArgPlan&);
std::string python_text(const Plan&, const HostReal&);
// The descriptor keeps the page sizes of tensors in locals: "x_page_size".
std::string page_size_text(const Plan&, const CbPlan&);
std::string cb_constant(const std::string& cb);  // "CB_X"

// A size of the spec where it can be read from an input: "x.shape[-1]".
std::string python_size(const Spec&, const Dim&);

}  // namespace tw::builder
