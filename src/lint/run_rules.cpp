#include "base/json.h"
#include "lint/program_rules.h"

#include <fmt/format.h>

namespace tw::lint {

// What the emulator said while the tests ran, as rules. Its codes are those of src/observe/problem.h and src/diagnose.
std::vector<Finding> lint_run(const std::string& file, const Json& problems) {
    static const std::vector<std::pair<const char*, const char*>> kCodes = {{"deadlock", "L23"},
                                                                            {"hang", "L23"},
                                                                            {"cb-underrun", "L23"},
                                                                            {"cb-overrun", "L23"},
                                                                            {"cb-unknown", "L23"},
                                                                            {"cb-window", "L23"},
                                                                            {"cb-two-kernels", "L23"},
                                                                            {"cb-capacity", "L24"},
                                                                            {"cb-wrap", "L25"},
                                                                            {"dst-index", "L30"},
                                                                            {"dst-not-acquired", "L30"},
                                                                            {"dst-not-ready", "L30"},
                                                                            {"dst-unwritten", "L30"},
                                                                            {"missing-tile-regs-commit", "L30"},
                                                                            {"missing-tile-regs-release", "L30"},
                                                                            {"missing-runtime-arg", "L16"},
                                                                            {"missing-named-arg", "L16"},
                                                                            {"missing-compile-time-arg", "L16"},
                                                                            {"noc-alignment", "L34"},
                                                                            {"missing-read-barrier", "L34"},
                                                                            {"missing-write-barrier", "L34"},
                                                                            {"missing-write-flush", "L34"},
                                                                            {"missing-atomic-barrier", "L34"},
                                                                            {"race", "L34"},
                                                                            {"no-startup", "L28"},
                                                                            {"wrong-init", "L29"},
                                                                            {"stale-format", "L29"},
                                                                            {"missing-uninit", "L29"},
                                                                            {"relu-left-on", "L29"},
                                                                            {"sums-left-on", "L29"},
                                                                            {"l1-accumulation", "L29"},
                                                                            {"cb-format-mismatch", "L21"},
                                                                            {"cb-page-too-small", "L22"},
                                                                            {"tensor-not-in-call", "L07"},
                                                                            {"cb-clash", "L39"},
                                                                            {"cb-past-l1", "L39"},
                                                                            {"kernel-not-found", "L40"},
                                                                            {"cb-page-size", "L20"},
                                                                            {"cb-size", "L20"},
                                                                            {"cb-index", "L19"}};
    std::vector<Finding> findings;
    for (const Json& entry : problems) {
        const std::string text = entry.is_string() ? entry.get<std::string>() : "";
        for (const auto& [code, rule] : kCodes) {
            if (text.find(fmt::format("[{}]", code)) == std::string::npos) continue;
            findings.push_back({rule, find_rule(rule)->level, file, 1, 1, "seen in a run: " + text, {}});
            break;
        }
    }
    return findings;
}

}  // namespace tw::lint
