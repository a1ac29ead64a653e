// The table of verbs (verbs.def) as data, and what the process's exit code means.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tw::cli {

enum ExitCode {
    kOk = 0,
    kFailed = 1,       // done, and something is wrong: findings, a failed test, a kernel that does not compile
    kUsage = 2,        // unknown verb, option or value
    kEnvironment = 3,  // no Python, no compiler, disk full
    kPlanned = 4,      // a verb that is planned, not yet there
    kInternal = 70,    // a bug of ours
};
inline constexpr std::string_view kExitCodes =
    "Exit codes: 0 nothing wrong; 1 findings, failed tests or kernels that do not compile; 2 usage; 3 the environment (no\n"
    "Python, no compiler, disk full); 4 planned, not yet; 70 a bug in tilewright. run and pytest: the program's own;\n"
    "run: 86 (--error-exitcode) when kernels did something wrong.";

struct Verb {
    std::string_view name, alias;
    bool works;
    bool json;  // takes --json
    std::string_view help, example;
};

std::span<const Verb> verbs();
const Verb* find_verb(std::string_view name_or_alias);  // null: there is none
// The verb that was probably meant; empty when none is near.
std::string nearest_verb(std::string_view);

}  // namespace tw::cli
