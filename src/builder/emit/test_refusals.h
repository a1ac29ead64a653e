// The tests that a bad call is refused: one for each rule that the entry point checks.
#pragma once

#include "base/json.h"
#include "builder/plan/plan.h"

#include <string>
#include <vector>

namespace tw::builder {

std::vector<Json> shapes_of(const Plan&, const TestCase&);  // as arguments of make_inputs
// to_device(make_inputs(...), device, ...) behind `head`.
Json inputs_on_device(const std::string& head, const std::vector<Json>& shapes, const std::vector<Json>& more);
std::string call_with(const Plan&, const std::string& more);  // "op(*inputs, alpha=1.0)"

struct Refusal {
    std::string name;
    std::vector<Json> lines;
};
std::vector<Refusal> refusals_of(const Plan&, const std::vector<Json>& more);

}  // namespace tw::builder
