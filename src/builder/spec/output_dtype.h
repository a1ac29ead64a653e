// The dtype of the output, where the spec does not give one.
#pragma once

#include "builder/math/graph.h"
#include "builder/spec/spec.h"

#include <vector>

namespace tw::builder {

// From the math: of a gather its table's, of argmax uint32, of a cast what it names, of a select its values'; where several
// operands meet, the first one's, floating-point ones before integers.
void settle_output_dtype(Spec&, const Graph&, std::vector<Problem>&);

}  // namespace tw::builder
