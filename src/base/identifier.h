// Names that both C++ and Python accept: what host programs and specs give becomes a macro, a constant, a variable.
#pragma once

#include <algorithm>
#include <string_view>

namespace tw {

constexpr bool continues_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

constexpr bool is_identifier(std::string_view text) {
    return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
           std::all_of(text.begin(), text.end(), continues_identifier);
}

}  // namespace tw
