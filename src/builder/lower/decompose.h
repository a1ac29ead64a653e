// Math in the few kinds of value that tile programs are made from: inputs, scalars, maps that are one call of the device,
// sums and maxima, casts and optional inputs.
#pragma once

#include "builder/plan/plan.h"

#include <map>
#include <optional>
#include <string>

namespace tw::builder {

struct Decomposed {
    Graph graph;
    std::map<int, HostReal> lane_sizes;  // scalars that stand for 1 / the elements of a lane
    std::string why_not;
};

Decomposed decompose(const Spec&, const Graph&);

}  // namespace tw::builder
