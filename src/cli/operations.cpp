// build, test, report: commands on operations that `tilewright new` made.
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
Json result_of(const ProcessResult& process, const char* what) {
    std::string text = process.out;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    const size_t line = text.rfind('\n');
    Json json = Json::parse(line == std::string::npos ? text : text.substr(line + 1), nullptr, false);
    if (!json.is_discarded()) {
        if (line != std::string::npos) fmt::print("{}\n", text.substr(0, line));
        return json;
    }
    if (!text.empty()) fmt::print("{}\n", text);
    raise(Category::Environment, "python-failed",
          fmt::format("the Python that {} ended with code {}", what, process.exit_code),
          {.at = {find_python().string()}, .fix = "`tilewright doctor` says which Python and packages are found"});
}

}  // namespace

int build_command(const std::string& directory) {
    bool good = true;
    for (const Operation& operation : operations_in(directory)) {
        append_log(operation, R"({"event":"action","type":"build","command":"tilewright build"})");
        const Json result = result_of(
            run_python({"-m", "tilewright.builder", "build", operation.directory.string(), operation.tests.string()}, true),
            "builds kernels");
        std::vector<KernelBuild> kernels;
        for (const Json& kernel : result.value("kernels", Json::array())) {
            kernels.push_back({kernel.value("file", ""), kernel.value("compiled", false), kernel.value("seconds", 0.0),
                               kernel.value("error", "")});
            const KernelBuild& built = kernels.back();
            fmt::print("{:<9} {}/{}{}\n", built.compiled ? "compiled" : "failed", operation.name, built.file,
                       built.compiled && built.seconds >= 0.005 ? fmt::format("  {:.2f} s", built.seconds) : "");
            if (!built.compiled) fmt::print("{}\n", built.error);
            good = good && built.compiled;
        }
        if (const std::string error = result.value("error", ""); !error.empty()) {
            fmt::print(stderr, "{}: {}\n", operation.name, error);
            good = false;
        }
        record_build(operation, kernels);
    }
    return good ? kOk : kFailed;
}

int test_command(const std::string& directory, const std::vector<std::string>& pytest_args) {
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
    const ProcessResult process = run_python(args, false);
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
    }
    return process.exit_code == 0 ? kOk : kFailed;
}

int report_command(const std::string& directory, bool json) {
    bool first = true;
    if (json) fmt::print("[");
    for (const Operation& operation : operations_in(directory)) {
        const Results results = read_results(operation);
        write_report(operation);
        fmt::print("{}{}",
                   first  ? ""
                   : json ? ","
                          : "\n",
                   json ? report_json(operation, results) : report_text(operation, results));
        first = false;
    }
    if (json) fmt::print("]\n");
    return kOk;
}

int run_command(const std::vector<std::string>& args) {
    std::vector<std::string> all = {"-m", "tilewright", "run"};
    all.insert(all.end(), args.begin(), args.end());
    exec_python(all);
}

}  // namespace tw::cli
