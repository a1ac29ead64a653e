// What the sizes of a plan are for one call: the shapes of a test case, with the first dtype of each tensor and parameters
// at their defaults. Cases are chosen by them, and reports have numbers where plans have names.
#pragma once

#include "builder/plan/plan.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tw::builder {

inline constexpr int64_t kTile = 32;  // elements along a side

// Empty for what depends on shards, or when the case has no whole number for a symbol.
std::optional<int64_t> size_value(const Plan&, const TestCase&, const Size&);
// A tensor's shape in that case; empty as above.
std::optional<std::vector<int64_t>> shape_value(const Plan&, const TestCase&, const TensorSpec&);
// No requirement of the plan and no rule of the spec refuses the case.
bool accepts(const Plan&, const TestCase&);
// Bytes of L1 that the circular buffers take on a core.
std::optional<int64_t> l1_bytes(const Plan&, const TestCase&);

}  // namespace tw::builder
