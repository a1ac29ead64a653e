// The signs of values, so that tests draw inputs where roots, logarithms and quotients of computed values are defined.
#pragma once

#include "builder/math/graph.h"

#include <set>
#include <string>

namespace tw::builder {

// Inputs that, drawn from positive numbers, keep positive what a function of positive numbers takes or a quotient divides
// by: `v` of sqrt(v * 0.9 + g * g), and not g. Inputs that go into such a function themselves are not among them.
std::set<std::string> inputs_to_keep_positive(const Graph&);

}  // namespace tw::builder
