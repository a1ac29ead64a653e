// The values that a generated test uses: random tensors where the math is defined, parameters inside and outside of their
// ranges.
#pragma once

#include "builder/plan/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace tw::builder {

std::string number_text(double value);  // "1.0", "1e-06"
// An expression of PyTorch for an input of shape NAME_shape.
std::string random_tensor(const Plan&, const TensorSpec&);
// Some value inside the range, for a parameter without default.
std::string sample(const ParamSpec&);
// Values that the parameter takes besides its default: all choices, else one that shows in the output.
std::vector<std::string> other_values(const ParamSpec&);
// A value outside of each bound or of the choices.
std::vector<std::string> bad_values(const ParamSpec&);

}  // namespace tw::builder
