// From a spec to typed math.
#pragma once

#include "builder/math/graph.h"
#include "builder/spec/spec.h"

#include <optional>
#include <vector>

namespace tw::builder {

// Types the math of `spec`, and fills in the shape of its output, and its dtype where the spec has none.
std::optional<Graph> build_graph(Spec& spec, std::vector<Problem>&);

}  // namespace tw::builder
