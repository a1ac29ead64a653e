// What the linter found: one rule broken at one place.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tw::lint {

enum class Level { Error, Warning, Note };

// Replaces a piece of a file. Lines from 1, columns from 0, in bytes.
struct Edit {
    int line = 1, column = 0, end_line = 1, end_column = 0;
    std::string text;
};

struct Finding {
    std::string rule;  // "L14"
    Level level = Level::Error;
    std::string file;
    int line = 1, column = 1;
    std::string message;
    std::optional<Edit> fix;
};

}  // namespace tw::lint
