// A bound function's signature, as nanobind writes it: "def split(self, grid: tilewright._core.CoreCoord, row_wise: bool =
// \0)
// -> tuple". Read only when a call was refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw::bind {

struct Parameter {
    std::string name, type;
    bool has_default = false, keyword_only = false, positional_only = false;
};

struct Signature {
    std::vector<Parameter> parameters;  // without self
    bool any_positional = false, any_keyword = false;
};

Signature parse_signature(std::string_view text, bool has_self);
// At commas, or at another character, that stand in no brackets or quotes; spaces around the parts are dropped.
std::vector<std::string_view> split_outside_brackets(std::string_view, char by);

}  // namespace tw::bind
