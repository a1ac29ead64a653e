#include "base/json.h"
#include "lint/program_rules.h"

namespace tw::lint {

// What the emulator said while the tests ran, as rules. Its codes are those of src/observe/problem.h and src/diagnose.
std::vector<Finding> lint_run(const std::string& file, const Json& problems) {
    static const std::vector<std::pair<const char*, const char*>> kCodes = {
        {"deadlock", "L23"},          {"hang", "L23"},          {"cb-underrun", "L23"},
        {"cb-overrun", "L23"},        {"cb-unknown", "L23"},    {"cb-capacity", "L24"},
        {"cb-wrap", "L25"},           {"dst-", "L30"},          {"missing-runtime-arg", "L16"},
        {"missing-named-arg", "L16"}, {"noc-alignment", "L34"}, {"noc-align", "L34"},
        {"missing-barrier", "L34"},   {"uninitialized", "L34"}, {"race", "L34"},
        {"cb-clash", "L39"},          {"l1-size", "L39"},       {"kernel-not-found", "L40"},
        {"cb-page-size", "L20"},      {"cb-size", "L20"},       {"cb-index", "L19"}};
    std::vector<Finding> findings;
    for (const Json& entry : problems) {
        const std::string text = entry.is_string() ? entry.get<std::string>() : "";
        for (const auto& [code, rule] : kCodes) {
            if (text.find(std::string("[") + code) == std::string::npos) continue;
            findings.push_back({rule, find_rule(rule)->level, file, 1, 1, "seen in a run: " + text, {}});
            break;
        }
    }
    return findings;
}

}  // namespace tw::lint
