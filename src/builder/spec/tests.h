// The `tests` part of a spec: shapes, tolerances, data.
#pragma once

#include "builder/spec/map_reader.h"
#include "builder/spec/spec.h"

#include <string>
#include <vector>

namespace tw::builder {

// Reads root.tests into spec.tests. The inputs must have been read.
void read_tests(MapReader& root, Spec&, std::vector<Problem>&);

// A dimension of which one required input has a plain symbol: rules and tests can take its size from there.
bool is_dimension(const Spec&, const std::string& name);

}  // namespace tw::builder
