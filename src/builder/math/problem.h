// One thing that is wrong with a spec. Everything that reads specs, types their math or plans them adds problems to a list
// and goes on, so that a spec is answered with all that is wrong with it at once, each at its line and column.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::builder {

// 1-based; column counts bytes, as editors that jump to file:line:column expect.
struct Where {
    int line = 0, column = 0;
};

struct Problem {
    Where where;
    std::string key;   // "inputs.x.dtype"
    std::string code;  // "unknown-key"
    std::string what;
    std::string why;  // what is allowed
    std::string fix;
};

void problem(std::vector<Problem>&, Where, std::string key, std::string code, std::string what, std::string why = {},
             std::string fix = {});

std::string joined(std::span<const std::string_view> words);  // "a, b, c"
// The word nearest to `word`, when it is near enough to be a slip of the pen; else "".
std::string nearest(std::string_view word, std::span<const std::string_view> words);

}  // namespace tw::builder
