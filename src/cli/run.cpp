// run, pytest: a program of the user's, in Python, with the emulating ttnn in place.
#include "base/error.h"
#include "base/json.h"
#include "base/text_file.h"
#include "cli/commands.h"
#include "cli/python.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

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
        for (const Json& place : problem.value("at", Json::array()))
            if (place.is_string()) finding.at.push_back(envelope::place_of(place.get<std::string>()));
        out.findings.push_back(std::move(finding));
    }
    const Json metrics = json.value("metrics", Json::object());
    for (const auto& [name, value] : metrics.items()) out.metric_json(name, value.dump());
}

}  // namespace

int run_command(Answer& answer, const RunArguments& args) {
    Json options{{"metal_roots", args.metal_roots},
                 {"chip", args.chip},
                 {"schedule", args.schedule},
                 {"stale_config", args.stale_config},
                 {"seed", args.seed ? std::to_string(*args.seed) : ""},
                 {"summary", args.summary},
                 {"debug", args.debug},
                 {"module", args.module}};
    const fs::path left = fs::temp_directory_path() / fmt::format("tilewright-run-{}.json", ::getpid());
    if (answer.json) options["answer"] = left.string();
    std::vector<std::string> call = {"-m", "tilewright.run_program", options.dump(), args.program};
    call.insert(call.end(), args.arguments.begin(), args.arguments.end());
    if (!answer.json) exec_python(call);
    const int code = run_python(call, false).exit_code;
    take_answer(left, answer.envelope);
    return code;
}

int pytest_command(const std::vector<std::string>& args) {
    std::vector<std::string> call = {"-m", "pytest", "-p", "tilewright.pytest_plugin"};
    call.insert(call.end(), args.begin(), args.end());
    exec_python(call);
}

}  // namespace tw::cli
