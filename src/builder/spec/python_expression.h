// An expression of Python in a spec (`tests.torch`): a closed grammar, of which the builder writes its own text. What a
// spec says becomes part of a test that runs, so nothing of it is pasted: there are no statements, no lambdas and
// comprehensions, no names but those that are given, and of PyTorch functions that compute.
#pragma once

#include "builder/spec/document.h"
#include "builder/math/problem.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::builder {

// The expression in the builder's spelling. Empty, with a problem at its place, for what the grammar does not have.
// `known` says which names may stand alone.
std::optional<std::string> python_expression(std::string_view text, Where at, const std::string& key,
                                             const std::function<bool(std::string_view)>& known, std::vector<Problem>&);

}  // namespace tw::builder
