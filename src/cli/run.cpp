// run, pytest: a program of the user's, in Python, with the emulating ttnn in place.
#include "base/error.h"
#include "base/json.h"
#include "base/text_file.h"
#include "cli/commands.h"
#include "cli/python.h"
#include "base/version.h"
#include "envelope/reports.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace tw::cli {

namespace fs = std::filesystem;

namespace {

std::string text_of(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// What python/tilewright/run_program.py left: problems as the exceptions carry them, and what was run.
void take_answer(const fs::path& path, envelope::Envelope& out) {
    std::error_code error;
    const Json json = fs::exists(path, error) ? Json::parse(read_text(path), nullptr, false) : Json();
    fs::remove(path, error);
    if (!json.is_object()) return;
    for (const Json& problem : json.value("findings", Json::array())) {
        envelope::Finding finding{.code = text_of(problem, "code"),
                                  .category = text_of(problem, "category"),
                                  .what = text_of(problem, "what"),
                                  .why = text_of(problem, "why"),
                                  .fix = text_of(problem, "fix")};
        const std::string severity = text_of(problem, "severity");
        finding.severity = severity == "warning" ? Severity::Warning
                           : severity == "note"  ? Severity::Note
                                                 : Severity::Error;
        for (const Json& place : problem.value("at", Json::array()))
            if (place.is_string()) finding.at.push_back(envelope::place_of(place.get<std::string>()));
        out.findings.push_back(std::move(finding));
    }
    const Json metrics = json.value("metrics", Json::object());
    for (const auto& [name, value] : metrics.items()) out.metric_json(name, value.dump());
}

std::set<std::string> baseline_of(const std::string& path) {
    std::set<std::string> ids;
    std::error_code error;
    if (path.empty() || !fs::exists(path, error)) return ids;
    std::istringstream in(read_text(path));
    for (std::string line; std::getline(in, line);) {
        line = line.substr(0, line.find('#'));
        while (!line.empty() && line.back() == ' ') line.pop_back();
        if (!line.empty()) ids.insert(line);
    }
    return ids;
}

int run_once(Answer& answer, const RunArguments& args, const std::string& schedule, std::optional<uint64_t> seed,
             std::optional<uint64_t> steps) {
    Json options{{"metal_roots", args.metal_roots},
                 {"chip", args.chip},
                 {"schedule", schedule},
                 {"seed", seed ? std::to_string(*seed) : ""},
                 {"steps", steps ? std::to_string(*steps) : ""},
                 {"break", args.stop_at},
                 {"checks", args.checks},
                 {"track_nonfinite", args.track_nonfinite},
                 {"audit_cache", args.audit_cache},
                 {"error_exit_code", args.error_exit_code},
                 {"stale_config", args.stale_config},
                 {"summary", args.summary},
                 {"debug", args.debug || !args.stop_at.empty()},
                 {"module", args.module}};
    const fs::path left = fs::temp_directory_path() / fmt::format("tilewright-run-{}.json", ::getpid());
    const bool machines =
        answer.json || !args.sarif.empty() || !args.junit.empty() || !args.baseline.empty() || args.explore;
    if (machines) options["answer"] = left.string();
    std::vector<std::string> call = {"-m", "tilewright.run_program", options.dump(), args.program};
    call.insert(call.end(), args.arguments.begin(), args.arguments.end());
    if (!machines) exec_python(call);
    const int code = run_python(call, false).exit_code;
    take_answer(left, answer.envelope);
    return code;
}

bool counts(const envelope::Finding& finding, const std::set<std::string>& known) {
    return finding.severity == Severity::Error && finding.category == "KernelError" && !known.contains(finding.id());
}

// What a run failed with: its first finding that counts, else its exit code. Empty: it did not fail.
std::string failure_of(const Answer& answer, int code, const std::set<std::string>& known) {
    for (const envelope::Finding& f : answer.envelope.findings)
        if (counts(f, known)) return f.id();
    return code == 0 ? "" : fmt::format("exit code {}", code);
}

// Seeds one after the other; of the first that fails the fewest choices that still lead to the same failure. The last run
// is that one, so that the answer is its.
int explore(Answer& answer, const RunArguments& args, const std::set<std::string>& known) {
    int code = 0;
    const auto run = [&](uint64_t seed, std::optional<uint64_t> steps) {
        answer.envelope.findings.clear();
        answer.envelope.metrics.clear();
        code = run_once(answer, args, "random", seed, steps);
        return failure_of(answer, code, known);
    };
    const uint64_t first = args.seed.value_or(0);
    for (uint64_t seed = first; seed < first + args.explore; ++seed) {
        const std::string failure = run(seed, {});
        if (failure.empty()) continue;
        // Doubling up to a number that fails, then halving the gap. That fewer choices fail need not mean that more do:
        // what is found was run, and fails.
        constexpr uint64_t kMost = uint64_t{1} << 40;
        uint64_t passes = 0, fails = 0;
        if (run(seed, 0) != failure) {
            for (fails = 1; fails < kMost && run(seed, fails) != failure; fails *= 2) passes = fails;
            while (fails - passes > 1) {
                const uint64_t middle = passes + (fails - passes) / 2;
                (run(seed, middle) == failure ? fails : passes) = middle;
            }
        }
        run(seed, fails);
        answer.say(
            "tilewright: schedule {} fails with {} of its choices; again: tilewright run --schedule-seed {} "
            "--schedule-steps {} {}\n",
            seed, fails, seed, fails, args.program);
        answer.envelope.metric("failing_seed", static_cast<int64_t>(seed));
        answer.envelope.metric("failing_steps", static_cast<int64_t>(fails));
        return code;
    }
    answer.say("tilewright: {} schedules, none fails\n", args.explore);
    return code;
}

}  // namespace

int run_command(Answer& answer, const RunArguments& args) {
    const std::set<std::string> known = args.write_baseline ? std::set<std::string>() : baseline_of(args.baseline);
    int code = args.explore ? explore(answer, args, known) : run_once(answer, args, args.schedule, args.seed, args.steps);
    std::vector<envelope::Finding>& findings = answer.envelope.findings;
    if (args.write_baseline && !args.baseline.empty()) {
        std::string text = "# Findings of tilewright run that are known; an id a line.\n";
        for (const envelope::Finding& f : findings)
            text += fmt::format("{}  # {}\n", f.id(), f.what.substr(0, f.what.find('\n')));
        write_text(fs::absolute(args.baseline), text);
    }
    const bool had = std::ranges::any_of(findings, [](const auto& f) { return counts(f, {}); });
    std::erase_if(findings, [&](const envelope::Finding& f) { return known.contains(f.id()); });
    if (had && code == args.error_exit_code &&
        std::ranges::none_of(findings, [&](const auto& f) { return counts(f, known); }))
        code = 0;
    if (!args.sarif.empty()) write_text(fs::absolute(args.sarif), envelope::to_sarif(answer.envelope, version()));
    if (!args.junit.empty()) write_text(fs::absolute(args.junit), envelope::to_junit(answer.envelope));
    return code;
}

int pytest_command(const std::vector<std::string>& args) {
    std::vector<std::string> call = {"-m", "pytest", "-p", "tilewright.pytest_plugin"};
    call.insert(call.end(), args.begin(), args.end());
    exec_python(call);
}

}  // namespace tw::cli
