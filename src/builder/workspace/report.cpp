#include "builder/workspace/report.h"

#include "base/json.h"
#include "base/text_file.h"

#include "base/settings.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>

namespace tw::builder {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLogDirectory = "agent_logs";
constexpr const char* kLogName = "ttnn-generic-op-builder";

fs::path results_path(const Operation& operation) {
    return operation.directory / ".tilewright" / "results.json";
}

OrderedJson read_json(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return OrderedJson::object();
    OrderedJson json = OrderedJson::parse(read_text(path), nullptr, false);
    return json.is_object() ? json : OrderedJson::object();
}

std::string time_stamp() {
    std::time_t now = std::time(nullptr);
    bool utc = false;
    if (const auto epoch = setting_whole(Setting::SourceDateEpoch)) {
        now = static_cast<std::time_t>(*epoch);
        utc = true;
    }
    std::tm parts{};
    if (utc)
        ::gmtime_r(&now, &parts);
    else
        ::localtime_r(&now, &parts);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &parts);
    std::string stamp = text;
    if (stamp.size() > 5) stamp.insert(stamp.size() - 2, 1, ':');
    return stamp;
}

fs::path log_path(const Operation& operation) {
    return operation.directory / kLogDirectory / fmt::format("{}_breadcrumbs.jsonl", kLogName);
}

std::string status_line(const Results& results) {
    if (!results.built) {
        const bool ran = std::any_of(results.tests.begin(), results.tests.end(), [](const TestRun& test) {
            return test.outcome == "passed" && test.name.find("_runs") != std::string::npos;
        });
        return ran ? "the tests compiled and ran them" : "not built yet: run `tilewright build`";
    }
    const auto good =
        std::count_if(results.kernels.begin(), results.kernels.end(), [](const KernelBuild& k) { return k.compiled; });
    return fmt::format("{} of {} kernels compile", good, results.kernels.size());
}

struct Counts {
    int passed = 0, failed = 0, skipped = 0, not_run = 0;
    int all() const { return passed + failed + skipped + not_run; }
};

// Of what the tests' outcome depends on: all files of the operation but its documents.
std::string sources_hash(const Operation& operation) {
    std::string text;
    for (const KnownFile& file : operation.files) {
        std::error_code error;
        if (file.path.ends_with(".md") || file.path.ends_with(".json") || !fs::exists(operation.root / file.path, error))
            continue;
        text += file.path + "\n" + read_text(operation.root / file.path) + "\n";
    }
    return hash_of(text);
}

// Where people stand who read a report: in the folder that `new` wrote into.
std::string place_of(const Operation& operation) {
    return operation.directory.lexically_relative(operation.root).generic_string();
}

Counts count(const Results& results, const std::string& part) {
    Counts counts;
    for (const TestRun& test : results.tests) {
        if (test.name.find(part) == std::string::npos) continue;
        if (test.outcome == "passed")
            ++counts.passed;
        else if (test.outcome == "skipped")
            ++counts.skipped;
        else if (test.outcome == "not-run")
            ++counts.not_run;
        else
            ++counts.failed;
    }
    return counts;
}

std::string verdict(const Counts& counts, const char* nothing) {
    if (counts.all() == 0) return nothing;
    std::string rest;
    if (counts.skipped != 0) rest += fmt::format(", {} skipped", counts.skipped);
    if (counts.not_run != 0) rest += fmt::format(", {} not run", counts.not_run);
    if (counts.failed != 0) return fmt::format("no: {} failed, {} passed{}", counts.failed, counts.passed, rest);
    if (counts.passed == 0) return rest.substr(2);
    return fmt::format("{}: {} passed{}", rest.empty() ? "yes" : "in part", counts.passed, rest);
}

// The first message of each test function; its cases mostly fail alike.
std::string failures(const Results& results) {
    std::vector<std::pair<std::string, std::vector<const TestRun*>>> by_function;
    for (const TestRun& test : results.tests) {
        if (test.outcome == "passed" || test.outcome == "skipped" || test.outcome == "not-run") continue;
        const std::string function = test.name.substr(0, test.name.find('['));
        auto known =
            std::find_if(by_function.begin(), by_function.end(), [&](const auto& f) { return f.first == function; });
        if (known == by_function.end()) known = by_function.insert(by_function.end(), {function, {}});
        known->second.push_back(&test);
    }
    std::string out;
    for (const auto& [function, tests] : by_function) {
        std::string cases;
        for (const TestRun* test : tests) {
            const size_t at = test->name.find('[');
            if (at != std::string::npos)
                cases += (cases.empty() ? " for " : ", ") + test->name.substr(at + 1, test->name.size() - at - 2);
        }
        out += fmt::format("\n`{}` failed{}:\n\n```\n{}\n```\n", function, cases, tests.front()->message);
    }
    return out;
}

std::string minutes(double seconds) {
    const int whole = static_cast<int>(std::lround(seconds));
    return fmt::format("{}m {}s", whole / 60, whole % 60);
}

// What building and testing said so far: SUCCESS only when each test of the files as they are ran and passed, and some of
// them compared numbers.
const char* overall_result(const Operation& operation, const Results& results) {
    const bool stubs = !stub_kernels(operation).empty();
    const bool compiled =
        std::all_of(results.kernels.begin(), results.kernels.end(), [](const KernelBuild& k) { return k.compiled; });
    const Counts all = count(results, "");
    if (!compiled || (all.failed != 0 && !stubs && !results.changed)) return "FAILED";
    const bool open = stubs || !results.tested || results.changed || all.failed + all.skipped + all.not_run != 0;
    return open || count(results, "_matches_torch").passed == 0 ? "PARTIAL" : "SUCCESS";
}

// self_reflection.md (docs/builder.md, "Reports, log, stages").
std::string reflection(const Operation& operation, const Results& results) {
    double build = 0, test = 0;
    for (const KernelBuild& kernel : results.kernels) build += kernel.seconds;
    std::vector<std::pair<std::string, Counts>> stages;
    std::vector<double> stage_seconds;
    for (const TestRun& run : results.tests) {
        test += run.seconds;
        const size_t begin = run.name.find("test_stage_"), end = run.name.find(".py");
        if (begin != 0 || end == std::string::npos) continue;
        const std::string name = run.name.substr(11, end - 11);
        if (stages.empty() || stages.back().first != name) {
            stages.emplace_back(name, count(results, "test_stage_" + name + ".py"));
            stage_seconds.push_back(0);
        }
        stage_seconds.back() += run.seconds;
    }
    const Counts all = count(results, "");
    const bool stubs = !stub_kernels(operation).empty();
    std::string out = fmt::format("# Self-reflection: {}\n\n| | |\n|---|---|\n| Overall Result | {} |\n", operation.name,
                                  overall_result(operation, results));
    out += "\n### Phase Timeline\n\n| Phase | Duration | Result |\n|---|---|---|\n| plan and emit | 0m 0s | done |\n";
    out += fmt::format("| build | {} | {} |\n", minutes(build), status_line(results));
    out += fmt::format("| test | {} | {} passed, {} failed, {} skipped |\n", minutes(test), all.passed, all.failed,
                       all.skipped);
    if (!stages.empty()) out += "\n### Stages\n\n| Stage | Duration | Retries | Result |\n|---|---|---|---|\n";
    for (size_t i = 0; i < stages.size(); ++i)
        out += fmt::format("| {} | {} | 0 free, 0 hard | {} |\n", stages[i].first, minutes(stage_seconds[i]),
                           stages[i].second.failed + stages[i].second.not_run == 0 ? "passed" : "not yet");
    out += "\n### Issues\n\n";
    if (stubs) out += "- LOW: kernels are stubs\n";
    for (const KernelBuild& kernel : results.kernels) {
        if (!kernel.compiled) out += fmt::format("- HIGH: {} does not compile\n", kernel.file);
    }
    if (all.failed != 0 && !stubs) out += fmt::format("- HIGH: {} tests fail\n", all.failed);
    if (out.ends_with("### Issues\n\n")) out += "None.\n";
    return out;
}

}  // namespace

std::vector<std::string> stub_kernels(const Operation& operation) {
    std::vector<std::string> stubs;
    for (const KnownFile& file : operation.files) {
        std::error_code error;
        if (file.type != "kernel_stub" || !fs::exists(operation.root / file.path, error)) continue;
        if (read_text(operation.root / file.path).find("// STUB") != std::string::npos)
            stubs.push_back(fs::path(file.path).filename().string());
    }
    return stubs;
}

std::vector<std::string> edited_stubs(const Operation& operation) {
    std::vector<std::string> stubs = stub_kernels(operation), edited;
    for (const KnownFile& file : operation.files) {
        const std::string name = fs::path(file.path).filename().string();
        if (std::find(stubs.begin(), stubs.end(), name) != stubs.end() &&
            hash_of(read_text(operation.root / file.path)) != file.hash)
            edited.push_back(name);
    }
    return edited;
}

Results read_results(const Operation& operation) {
    const OrderedJson json = read_json(results_path(operation));
    Results results;
    if (json.contains("kernels") && json["kernels"].is_array()) {
        results.built = true;
        for (const OrderedJson& kernel : json["kernels"])
            results.kernels.push_back({kernel.value("file", ""), kernel.value("compiled", false),
                                       kernel.value("seconds", 0.0), kernel.value("error", "")});
    }
    if (json.contains("tests") && json["tests"].is_array()) {
        results.tested = true;
        for (const OrderedJson& test : json["tests"])
            results.tests.push_back(
                {test.value("name", ""), test.value("outcome", ""), test.value("seconds", 0.0), test.value("message", "")});
        results.changed = json.value("sources", "") != sources_hash(operation);
    }
    return results;
}

void record_build(const Operation& operation, const std::vector<KernelBuild>& kernels) {
    OrderedJson json = read_json(results_path(operation));
    json["kernels"] = OrderedJson::array();
    bool all = true;
    for (const KernelBuild& kernel : kernels) {
        json["kernels"].push_back(
            {{"file", kernel.file}, {"compiled", kernel.compiled}, {"seconds", kernel.seconds}, {"error", kernel.error}});
        all = all && kernel.compiled;
    }
    write_text(results_path(operation), json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
    append_log(operation, OrderedJson{{"event", "result"}, {"type", "build"}, {"success", all}}.dump());
    write_report(operation);
}

void record_tests(const Operation& operation, std::vector<TestRun> tests) {
    const Results before = read_results(operation);
    const auto same = [](const std::string& name) { return [&](const TestRun& test) { return test.name == name; }; };
    for (const TestRun& old : before.tests) {
        if (before.changed) break;
        const auto now = std::find_if(tests.begin(), tests.end(), same(old.name));
        if (now == tests.end())
            tests.push_back(old);
        else if (now->outcome == "not-run")
            *now = old;
    }
    OrderedJson json = read_json(results_path(operation));
    json["sources"] = sources_hash(operation);
    json["tests"] = OrderedJson::array();
    for (const TestRun& test : tests)
        json["tests"].push_back(
            {{"name", test.name}, {"outcome", test.outcome}, {"seconds", test.seconds}, {"message", test.message}});
    write_text(results_path(operation), json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
    for (const TestRun& test : tests) {
        if (test.outcome == "skipped" || test.outcome == "not-run") continue;
        OrderedJson event{
            {"event", "test_run"}, {"test", test.name}, {"result", test.outcome == "passed" ? "PASS" : "FAIL"}};
        if (test.outcome != "passed") event["error"] = test.message;
        append_log(operation, event.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
    }
    write_report(operation);
}

std::string report_text(const Operation& operation, const Results& results) {
    const std::vector<std::string> stubs = stub_kernels(operation);
    const Counts runs = count(results, "_runs"), numbers = count(results, "_matches_torch"),
                 refusals = count(results, "_refuses_"), all = count(results, "");
    std::string out = fmt::format("# Report: {}\n\n", operation.name);
    out += fmt::format(
        "Made by tilewright {0} in the {1} family, {2} spelling.\n\n## Files\n\n| file | purpose |\n|---|---|\n",
        operation.version, operation.family, operation.dialect);
    for (const KnownFile& file : operation.files) out += fmt::format("| `{}` | {} |\n", file.path, file.purpose);
    out += "\n## Status\n\n";
    if (results.changed) out += "A file of the operation has changed since the tests ran: what follows is of before.\n\n";
    out += "| | |\n|---|---|\n";
    out += fmt::format("| kernels compile | {} |\n", status_line(results));
    out += fmt::format("| `generic_op` ran, output has the right shape and dtype | {} |\n",
                       verdict(runs, "not run yet: run `tilewright test`"));
    std::string stub_list;
    for (const std::string& stub : stubs) stub_list += (stub_list.empty() ? "" : ", ") + stub;
    out += fmt::format("| numbers agree with PyTorch | {}{} |\n", verdict(numbers, "not run yet"),
                       stubs.empty() ? "" : fmt::format("; kernels are stubs: {}", stub_list));
    out += fmt::format("| bad calls are refused | {} |\n", verdict(refusals, "not run yet"));
    for (const KernelBuild& kernel : results.kernels) {
        if (!kernel.compiled) out += fmt::format("\n`{}` does not compile:\n\n```\n{}\n```\n", kernel.file, kernel.error);
    }
    out += failures(results);
    out += "\n## Next steps\n\n";
    int step = 0;
    const bool broken =
        std::any_of(results.kernels.begin(), results.kernels.end(), [](const KernelBuild& k) { return !k.compiled; });
    if (!results.built && runs.passed == 0) out += fmt::format("{}. `tilewright build {}`\n", ++step, place_of(operation));
    if (broken) out += fmt::format("{}. Correct the kernels that do not compile.\n", ++step);
    if (!results.tested || results.changed || all.not_run != 0)
        out += fmt::format("{}. `tilewright test {}`{}\n", ++step, place_of(operation),
                           results.changed    ? ": files changed since"
                           : all.not_run != 0 ? fmt::format(": {} tests were not run", all.not_run)
                                              : "");
    const Counts stage = count(results, "test_stage_");
    if (all.failed != stage.failed) out += fmt::format("{}. Look into the failing tests above.\n", ++step);
    if (stage.failed != 0)
        out += fmt::format("{}. Reach the stages whose tests fail above, one after the other.\n", ++step);
    if (!stubs.empty())
        out += fmt::format("{}. Fill in the TODO parts of {}, and remove their `// STUB` and `allow` lines.\n", ++step,
                           stub_list);
    for (const std::string& stub : edited_stubs(operation))
        out += fmt::format("{}. {} was edited and still has its `// STUB` line: until it is gone, nothing is compared.\n",
                           ++step, stub);
    if (step == 0 && numbers.passed == 0) out += fmt::format("{}. Write a test that compares numbers: none did.\n", ++step);
    if (step == 0)
        out += fmt::format("None that the tests know of: {} comparisons with PyTorch and {} refusals passed.\n",
                           numbers.passed, refusals.passed);
    return out;
}

std::string report_json(const Operation& operation, const Results& results) {
    OrderedJson json{{"operation", operation.name},
                     {"family", operation.family},
                     {"dialect", operation.dialect},
                     {"version", operation.version},
                     {"directory", operation.directory.string()}};
    json["files"] = OrderedJson::array();
    for (const KnownFile& file : operation.files) json["files"].push_back({{"path", file.path}, {"purpose", file.purpose}});
    json["stub_kernels"] = stub_kernels(operation);
    json["overall"] = overall_result(operation, results);
    json["changed_since_test"] = results.changed;
    json["built"] = results.built;
    json["tested"] = results.tested;
    json["kernels"] = json["tests"] = OrderedJson::array();
    for (const KernelBuild& kernel : results.kernels)
        json["kernels"].push_back({{"file", kernel.file}, {"compiled", kernel.compiled}, {"error", kernel.error}});
    for (const TestRun& test : results.tests)
        json["tests"].push_back({{"name", test.name}, {"outcome", test.outcome}, {"message", test.message}});
    return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

void write_report(const Operation& operation) {
    const Results results = read_results(operation);
    write_text(operation.directory / "REPORT.md", report_text(operation, results));
    std::error_code error;
    if (fs::exists(log_path(operation), error))
        write_text(operation.directory / "self_reflection.md", reflection(operation, results));
}

void start_log(const fs::path& root, const NewResult& result) {
    const OrderedJson events = OrderedJson::parse(result.log_events);
    std::string lines;
    const auto add = [&](const OrderedJson& event) {
        OrderedJson line;
        line["ts"] = time_stamp();
        for (const auto& [key, value] : event.items()) {
            line[key] = value;
            if (key == "event" && value == "start") line["agent"] = kLogName;
        }
        lines += line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
    };
    for (const OrderedJson& event : events) add(event);
    for (const NewFile& file : result.files) add({{"event", "file_created"}, {"file", file.path}, {"type", file.type}});
    add({{"event", "complete"},
         {"final_status", "PARTIAL"},  // nothing was built or run yet
         {"stages_completed", OrderedJson::array()},
         {"final_commit", nullptr}});
    const fs::path directory = root / result.directory / kLogDirectory;
    write_text(directory / fmt::format("{}_breadcrumbs.jsonl", kLogName), lines);

    std::string log = fmt::format(
        "# Execution log: {}\n\n## Metadata\n\n| field | value |\n|---|---|\n| operation | {} |\n| agent | {} |\n| family "
        "| {} |\n| final status | PARTIAL |\n| total attempts | 1 |\n",
        result.name, result.name, kLogName, result.family);
    log += "\n## 1. Input interpretation\n\n| field | value | confidence |\n|---|---|---|\n";
    for (const OrderedJson& event : events) {
        if (event["event"] == "input_parse")
            log += fmt::format("| {} | {} | {} |\n", event["field"].get<std::string>(), event["value"].get<std::string>(),
                               event["confidence"].get<std::string>());
    }
    log +=
        "\n## 2. Execution timeline\n\nOne attempt: parse, plan, emit.\n\n### 2a. Circular buffers\n\n| CB | pages | page "
        "size | purpose |\n|---|---|---|---|\n";
    for (const OrderedJson& event : events) {
        if (event["event"] == "cb_config")
            log += fmt::format("| {} | {} = {} | {} = {} | {} |\n", event["cb_id"].dump(), event["num_pages"].dump(),
                               event["num_pages_of"].get<std::string>(), event["page_size"].dump(),
                               event["page_size_of"].get<std::string>(), event["purpose"].get<std::string>());
    }
    log +=
        "\n### CB synchronization\n\n| CB | producer | push a unit | consumer | pop a unit | balanced "
        "|\n|---|---|---|---|---|---|\n";
    for (const OrderedJson& event : events) {
        if (event["event"] == "cb_audit")
            log += fmt::format("| {} | {} | {} | {} | {} | not measured |\n", event["cb_id"].dump(),
                               event["producer"].get<std::string>(), event["push_count"].dump(),
                               event["consumer"].get<std::string>(), event["pop_count"].dump());
    }
    log +=
        "\n## 3. Recovery summary\n\nNone - no error occurred.\n\n## 4. Deviations\n\nNone - the spec was carried out as "
        "written.\n\n## 5. Artifacts\n\n";
    for (const NewFile& file : result.files) log += fmt::format("- `{}`: {}\n", file.path, file.purpose);
    log +=
        "\n## 6. Handoff notes\n\nSee README.md and REPORT.md.\n\n## 7. Instruction recommendations\n\nNone - nothing was "
        "unclear.\n\n## 8. Raw logs\n\nSee the breadcrumbs beside this file.\n";
    write_text(directory / fmt::format("{}_execution_log.md", kLogName), log);
}

void append_log(const Operation& operation, const std::string& event) {
    const fs::path path = log_path(operation);
    std::error_code error;
    if (!fs::exists(path, error)) return;
    OrderedJson json = OrderedJson::parse(event, nullptr, false);
    if (!json.is_object()) return;
    json["ts"] = time_stamp();
    std::string lines = read_text(path);
    // `complete` stays the last line.
    const size_t last = lines.size() < 2 ? std::string::npos : lines.rfind('\n', lines.size() - 2);
    OrderedJson complete = OrderedJson::parse(lines.substr(last == std::string::npos ? 0 : last + 1), nullptr, false);
    const bool ended = complete.is_object() && complete.value("event", "") == "complete";
    if (ended) lines.resize(last == std::string::npos ? 0 : last + 1);
    lines += json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
    if (ended) {
        complete["ts"] = json["ts"];
        complete["final_status"] = overall_result(operation, read_results(operation));
        lines += complete.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
    }
    write_text(path, lines);
}

}  // namespace tw::builder
