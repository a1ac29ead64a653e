// The 50 rules of the builder's contract (docs/builder.md, "The linter"), one row each.
#pragma once

#include "lint/finding.h"

#include <span>
#include <string_view>

namespace tw::lint {

struct Rule {
    std::string_view id;
    Level level;
    // How it is decided: "python" by the AST, "kernel" by the kernel's text, "program" by the descriptor that the tests
    // make, "run" by running the tests in the emulator with its checks on. The first that can decide does.
    std::string_view decided;
    std::string_view title;
    bool fixable;
    bool off_in_seed;  // a finding in another dialect; in the seed's it is only noted as a seed spelling
};

std::span<const Rule> rules();
const Rule* find_rule(std::string_view id);

}  // namespace tw::lint
