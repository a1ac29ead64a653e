#include "lint/lint.h"
#include "base/error.h"
#include "base/json.h"
#include "base/settings.h"
#include "base/text_file.h"
#include "builder/workspace/workspace.h"
#include "cli/commands.h"
#include "cli/python.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tw::cli {

namespace fs = std::filesystem;
using namespace tw::builder;
using namespace tw::lint;

namespace {

Json json_of(const ProcessResult& process) {
    std::string text = process.out;
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const size_t line = text.rfind('\n');
    Json json = Json::parse(line == std::string::npos ? text : text.substr(line + 1), nullptr, false);
    if (json.is_object()) return json;
    raise(Category::Environment, "python-failed",
          fmt::format("the Python half of the linter ended with code {}", process.exit_code),
          {.fix = "`tilewright doctor` says which Python and packages are found; --static needs no device"});
}

struct Files {
    std::vector<fs::path> python, kernels, tests;
};

bool is_kernel(const fs::path& path) {
    if (path.extension() != ".cpp" && path.extension() != ".cc") return false;
    const std::string text = read_text(path);
    return text.find("kernel_main") != std::string::npos || text.find("namespace NAMESPACE") != std::string::npos ||
           text.find("TT_KERNEL ") != std::string::npos || path.parent_path().filename() == "kernels";
}

void collect(const fs::path& path, Files& files, bool named) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
        for (auto entry = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, error);
             entry != fs::recursive_directory_iterator(); entry.increment(error)) {
            if (error) break;
            const std::string name = entry->path().filename().string();
            if (entry->is_directory(error) && (name.starts_with('.') || name == "__pycache__"))
                entry.disable_recursion_pending();
            else if (entry->is_regular_file(error))
                collect(entry->path(), files, false);
        }
        return;
    }
    if (!fs::exists(path, error)) raise_host("cannot-read", fmt::format("{} does not exist", path.string()));
    if (path.extension() == ".py") {
        files.python.push_back(path);
        if (path.filename().string().starts_with("test_") && !path.filename().string().starts_with("test_stage_"))
            files.tests.push_back(path);
    } else if (is_kernel(path)) {
        files.kernels.push_back(path);
    } else if (named) {
        raise_host("not-lintable", fmt::format("{} is neither Python nor a kernel", path.string()),
                   {.fix = "give operations, directories, .py and kernel .cpp files"});
    }
}

// A place where a program's findings are shown: the file that makes the descriptor.
fs::path descriptor_file(const Files& files, const fs::path& fallback) {
    for (const fs::path& path : files.python) {
        if (path.filename().string().ends_with("_program_descriptor.py")) return path;
    }
    for (const fs::path& path : files.python) {
        if (read_text(path).find("ProgramDescriptor(") != std::string::npos) return path;
    }
    return fallback;
}

bool seed_spelling(const Files& files) {
    return std::any_of(files.python.begin(), files.python.end(),
                       [](const fs::path& path) { return read_text(path).find("ttnn.DataFormat.") != std::string::npos; });
}

std::vector<fs::path> metal_roots() {
    std::vector<fs::path> roots;
    const std::string_view home = setting_text(Setting::MetalHome);
    if (home.empty()) return roots;
    const fs::path root = home;
    for (const char* below : {"", "tt_metal/hw/inc", "ttnn/cpp", "tt_metal/include"}) roots.push_back(root / below);
    return roots;
}

envelope::Finding finding_of(const Finding& finding) {
    const Severity severity = finding.level == Level::Error     ? Severity::Error
                              : finding.level == Level::Warning ? Severity::Warning
                                                                : Severity::Note;
    const auto line = static_cast<uint32_t>(std::max(0, finding.line)),
               column = static_cast<uint32_t>(std::max(0, finding.column));
    return {.code = finding.rule,
            .severity = severity,
            .category = "Lint",
            .what = finding.message,
            .fix = finding.fix ? "tilewright lint --fix" : "",
            .at = {{finding.file, line, column, fmt::format("{}:{}:{}", finding.file, line, column)}}};
}

}  // namespace

int lint_command(Answer& answer, const LintArguments& args) {
    if (args.list) {
        for (const Rule& rule : rules())
            answer.say("{} {:<8} {:<15} {}{}\n", rule.id, rule.level == Level::Error ? "error" : "warning", rule.decided,
                       rule.title, rule.fixable ? " (--fix)" : "");
        return kOk;
    }
    for (const std::vector<std::string>* list : {&args.select, &args.ignore}) {
        for (const std::string& id : *list) {
            if (find_rule(id) == nullptr)
                raise_host("unknown-rule", fmt::format("there is no rule {}", id),
                           {.fix = "`tilewright lint --list` shows the rules"});
        }
    }
    std::vector<Finding> findings;
    const std::vector<std::string> paths = args.paths.empty() ? std::vector<std::string>{"."} : args.paths;
    std::string undecided;
    for (const std::string& path : paths) {
        Files files;
        std::vector<fs::path> tests;
        const std::vector<Operation> operations = fs::is_directory(path) ? find_operations(path) : std::vector<Operation>{};
        if (operations.empty()) {
            collect(path, files, true);
            tests = files.tests;
        }
        for (const Operation& operation : operations) {
            collect(operation.directory, files, false);
            collect(operation.tests, files, false);
            tests.push_back(operation.tests);
        }
        const bool seed = seed_spelling(files);
        std::vector<Finding> here;
        const KernelContext known{KernelKind::Unknown, metal_roots(), seed};
        for (const fs::path& kernel : files.kernels) {
            KernelContext context = known;
            context.kind = kind_of(kernel);
            for (Finding& finding : lint_kernel(KernelText(kernel.string(), read_text(kernel)), context))
                here.push_back(std::move(finding));
        }
        if (!files.python.empty()) {
            std::vector<std::string> call = {"-m", "tilewright.lint", "python"};
            for (const fs::path& python : files.python) call.push_back(python.string());
            const Json read = json_of(run_python(call, true));
            for (Finding& finding : findings_of(read)) here.push_back(std::move(finding));
            for (Finding& finding : lint_texts(read, known)) here.push_back(std::move(finding));
        }
        if (!args.static_only && fs::is_directory(path) && !tests.empty()) {
            // Each operation by itself: its tests name its program.
            for (size_t i = 0; i < std::max<size_t>(1, operations.size()); ++i) {
                std::vector<std::string> call = {"-m", "tilewright.lint", "descriptor", path};
                Files own = files;
                if (operations.empty()) {
                    for (const fs::path& test : tests) call.push_back(fs::absolute(test).string());
                } else {
                    call.push_back(operations[i].tests.string());
                    own = Files{};
                    collect(operations[i].directory, own, false);
                }
                const Json facts = json_of(run_python(call, true));
                if (const std::string error = facts.value("error", ""); !error.empty())
                    undecided += fmt::format("{}: the program was not looked at: {}\n", path, error);
                for (Finding& finding : lint_program(descriptor_file(own, path), facts, known))
                    here.push_back(std::move(finding));
            }
        }
        settle(here, seed);
        findings.insert(findings.end(), std::make_move_iterator(here.begin()), std::make_move_iterator(here.end()));
    }
    const auto unwanted = [&](const Finding& finding) {
        const bool selected =
            args.select.empty() || std::find(args.select.begin(), args.select.end(), finding.rule) != args.select.end();
        return !selected || std::find(args.ignore.begin(), args.ignore.end(), finding.rule) != args.ignore.end();
    };
    findings.erase(std::remove_if(findings.begin(), findings.end(), unwanted), findings.end());
    if (args.fix) {
        const int made = apply_fixes(findings);
        findings.erase(std::remove_if(findings.begin(), findings.end(), [](const Finding& f) { return f.fix.has_value(); }),
                       findings.end());
        fmt::print(stderr, "{} corrected\n", made);
    }
    for (const Finding& finding : findings) answer.envelope.findings.push_back(finding_of(finding));
    const std::string text = args.format == "sarif" ? findings_sarif(findings) : findings_text(findings);
    if (answer.json)
        answer.envelope.metric("findings", static_cast<int64_t>(findings.size()));
    else if (args.output.empty())
        answer.say("{}", text);
    else
        write_text(fs::absolute(args.output), text);
    if (!undecided.empty()) fmt::print(stderr, "{}", undecided);
    return std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.level == Level::Error; }) ? kFailed
                                                                                                                   : kOk;
}

}  // namespace tw::cli
