// Line-wise comparison and three-way merging of texts: what lets `tilewright new` run again over files that were edited.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tw::builder {

// A unified diff with three lines of context; empty when the texts are equal.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name_before,
                         std::string_view name_after);

// The changes from `base` to `theirs` applied to `mine`. Empty when both changed the same lines differently.
std::optional<std::string> merge(std::string_view base, std::string_view mine, std::string_view theirs);

}  // namespace tw::builder
