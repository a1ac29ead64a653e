// build, test, status: commands on operations that `tilewright new` made.
#include "base/error.h"
#include "base/json.h"
#include "base/text_file.h"
#include "builder/workspace/report.h"
#include "builder/workspace/workspace.h"
#include "cli/commands.h"
#include "cli/python.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cstdio>
#include <map>

namespace tw::cli {

namespace fs = std::filesystem;
using namespace tw::builder;

namespace {

std::vector<Operation> operations_in(const std::string& directory) {
    std::error_code error;
    if (!fs::exists(directory, error)) raise_host("cannot-read", fmt::format("{} does not exist", directory));
    std::vector<Operation> operations = find_operations(directory);
    if (operations.empty()) {
        raise_host("no-operation", fmt::format("no operation of tilewright's in {}", directory),
                   {.why = "an operation has a .tilewright folder beside its entry point",
                    .fix = "make one with `tilewright new`"});
    }
    return operations;
}

// The last line of a helper's output is its result; what comes before is what the operation printed.
Json result_of(Answer& answer, const ProcessResult& process, const char* what) {
    std::string text = process.out;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    const size_t line = text.rfind('\n');
    Json json = Json::parse(line == std::string::npos ? text : text.substr(line + 1), nullptr, false);
    if (!json.is_discarded()) {
        if (line != std::string::npos) answer.say("{}\n", text.substr(0, line));
        return json;
    }
    if (!text.empty()) answer.say("{}\n", text);
    raise(Category::Environment, "python-failed",
          fmt::format("the Python that {} ended with code {}", what, process.exit_code),
          {.at = {find_python().string()}, .fix = "`tilewright doctor` says which Python and packages are found"});
}

envelope::Finding kernel_finding(const Operation& operation, const KernelBuild& kernel) {
    return {.code = "kernel-does-not-compile",
            .category = std::string(category_name(Category::CompileError)),
            .what = kernel.error.empty() ? fmt::format("{} does not compile", kernel.file) : kernel.error,
            .at = {{.file = (operation.directory / "kernels" / kernel.file).string(),
                    .text = fmt::format("{}/{}", operation.name, kernel.file)}}};
}

void add_tests(Answer& answer, const Operation& operation, const std::vector<TestRun>& tests) {
    for (const TestRun& test : tests) {
        if (test.outcome != "failed" && test.outcome != "error") continue;
        answer.envelope.findings.push_back({.code = "test-failed",
                                            .category = std::string(category_name(Category::HostError)),
                                            .what = test.message.empty() ? test.name : test.message,
                                            .at = {{.file = operation.tests.string(), .text = test.name}}});
    }
}

void count_outcomes(Answer& answer, const Json& tests) {
    std::map<std::string, int64_t> counts{{"passed", 0}, {"failed", 0}, {"skipped", 0}, {"error", 0}, {"not-run", 0}};
    for (const Json& test : tests.is_array() ? tests : Json::array()) ++counts[test.value("outcome", "")];
    for (const auto& [outcome, count] : counts) answer.envelope.metric("tests_" + outcome, count);
}

}  // namespace

int build_command(Answer& answer, const std::string& directory) {
    bool good = true;
    int64_t compiled = 0, failed = 0;
    double seconds = 0;
    for (const Operation& operation : operations_in(directory)) {
        append_log(operation, R"({"event":"action","type":"build","command":"tilewright build"})");
        const Json result = result_of(
            answer,
            run_python({"-m", "tilewright.builder", "build", operation.directory.string(), operation.tests.string()}, true),
            "builds kernels");
        std::vector<KernelBuild> kernels;
        for (const Json& kernel : result.value("kernels", Json::array())) {
            kernels.push_back({kernel.value("file", ""), kernel.value("compiled", false), kernel.value("seconds", 0.0),
                               kernel.value("error", "")});
            const KernelBuild& built = kernels.back();
            answer.say("{:<9} {}/{}{}\n", built.compiled ? "compiled" : "failed", operation.name, built.file,
                       built.compiled && built.seconds >= 0.005 ? fmt::format("  {:.2f} s", built.seconds) : "");
            ++(built.compiled ? compiled : failed);
            seconds += built.seconds;
            if (built.compiled) continue;
            answer.say("{}\n", built.error);
            answer.envelope.findings.push_back(kernel_finding(operation, built));
            good = false;
        }
        if (const std::string error = result.value("error", ""); !error.empty()) {
            fmt::print(stderr, "{}: {}\n", operation.name, error);
            answer.envelope.findings.push_back({.code = "build-failed",
                                                .category = std::string(category_name(Category::HostError)),
                                                .what = error,
                                                .at = {{.file = operation.directory.string(), .text = operation.name}}});
            good = false;
        }
        record_build(operation, kernels);
    }
    answer.envelope.metric("kernels_compiled", compiled);
    answer.envelope.metric("kernels_failed", failed);
    answer.envelope.metric("compile_seconds", seconds);
    return good ? kOk : kFailed;
}

int test_command(Answer& answer, const std::string& directory, const std::vector<std::string>& pytest_args) {
    const std::vector<Operation> operations = operations_in(directory);
    const fs::path results = fs::temp_directory_path() / fmt::format("tilewright-tests-{}.json", ::getpid());
    // One process for all of them: starting Python with PyTorch takes longer than most tests.
    std::vector<std::string> args = {"-m", "tilewright.builder", "test", results.string()};
    for (const Operation& operation : operations) args.push_back(operation.tests.string());
    args.emplace_back("--");
    // Stage tests fail until their stage is reached; they are run when asked for.
    bool stages = false;
    for (const std::string& arg : pytest_args) {
        if (arg == "--stages")
            stages = true;
        else if (arg != "--")
            args.push_back(arg);
    }
    for (const Operation& operation : operations) {
        if (!stages) args.push_back(fmt::format("--ignore-glob={}/test_stage_*", operation.tests.string()));
    }
    const ProcessResult process = run_python(args, answer.json);
    if (answer.json) answer.say("{}", process.out);
    std::error_code error;
    if (!fs::exists(results, error)) return kFailed;
    const Json json = Json::parse(read_text(results), nullptr, false);
    fs::remove(results, error);
    for (const Operation& operation : operations) {
        std::vector<TestRun> tests;
        for (const Json& test : json.is_array() ? json : Json::array()) {
            if (!test.value("file", "").starts_with(operation.tests.string() + "/")) continue;
            tests.push_back(
                {test.value("name", ""), test.value("outcome", ""), test.value("seconds", 0.0), test.value("message", "")});
        }
        record_tests(operation, tests);
        add_tests(answer, operation, tests);
    }
    count_outcomes(answer, json);
    return process.exit_code == 0 ? kOk : kFailed;
}

int status_command(Answer& answer, const std::string& directory) {
    std::string reports;
    bool first = true;
    for (const Operation& operation : operations_in(directory)) {
        const Results results = read_results(operation);
        write_report(operation);
        if (!answer.json) answer.say("{}{}", first ? "" : "\n", report_text(operation, results));
        reports += (first ? "" : ",") + report_json(operation, results);
        first = false;
        for (const KernelBuild& kernel : results.kernels)
            if (!kernel.compiled) answer.envelope.findings.push_back(kernel_finding(operation, kernel));
        add_tests(answer, operation, results.tests);
        answer.envelope.artifacts.push_back({(operation.directory / "REPORT.md").string(), "report"});
    }
    answer.envelope.metric_json("operations", "[" + reports + "]");
    return kOk;
}

}  // namespace tw::cli
