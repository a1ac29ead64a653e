// Whether a Python value fits a type as signatures write it ("int", "collections.abc.Sequence[tilewright._core.Tile] |
// None"), and if not, which part of it does not and what would.
#pragma once

#include "bind/bind.h"

#include <optional>
#include <string>
#include <string_view>

namespace tw::bind {

struct Misfit {
    std::string path;     // into the value: "[2][0]"
    std::string value;    // as Python shows it, shortened
    std::string allowed;  // "an integer from 0 to 4294967295"
    std::string guess;    // the nearest right name, or empty
};

// None if it fits, and if the type is one that is not known here.
std::optional<Misfit> misfit(nb::handle module, nb::handle value, std::string_view type);
// "a CoreRangeSet", "an integer", .. in words.
std::string in_words(std::string_view type);
// Shortened repr, with the type's name where the text does not tell it.
std::string shown(nb::handle value);

}  // namespace tw::bind
