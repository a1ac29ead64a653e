#include "lint/lint.h"

#include "base/json.h"
#include "base/text_file.h"
#include "base/uri.h"
#include "base/version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace tw::lint {

std::vector<Finding> findings_of(const Json& json) {
    std::vector<Finding> findings;
    for (const Json& entry : json.value("findings", Json::array())) {
        Finding finding;
        finding.rule = entry.value("rule", "L00");
        const Rule* rule = find_rule(finding.rule);
        finding.level = rule == nullptr ? Level::Error : rule->level;
        finding.file = entry.value("file", "");
        finding.line = entry.value("line", 1);
        finding.column = entry.value("column", 1);
        finding.message = entry.value("message", "");
        if (entry.contains("fix") && entry["fix"].size() == 5) {
            const Json& fix = entry["fix"];
            finding.fix =
                Edit{fix[0].get<int>(), fix[1].get<int>(), fix[2].get<int>(), fix[3].get<int>(), fix[4].get<std::string>()};
        }
        findings.push_back(std::move(finding));
    }
    return findings;
}

std::vector<Finding> lint_texts(const Json& json, const KernelContext& known) {
    std::vector<Finding> findings;
    for (const Json& entry : json.value("kernels", Json::array())) {
        KernelContext context = known;
        const Json formats = entry.value("formats", Json::object());
        for (const auto& [buffer, format] : formats.items())
            if (format.is_string()) context.formats.emplace(std::stoi(buffer), format.get<std::string>());
        const int first = entry.value("line", 1);
        for (Finding& finding : lint_kernel(KernelText(entry.value("file", ""), entry.value("text", "")), context)) {
            finding.line += first - 1;
            finding.fix.reset();  // its places are those of the text
            findings.push_back(std::move(finding));
        }
    }
    return findings;
}

void settle(std::vector<Finding>& findings, bool seed) {
    for (Finding& finding : findings) {
        const Rule* rule = find_rule(finding.rule);
        if (seed && rule != nullptr && rule->off_in_seed) {
            finding.level = Level::Note;
            finding.message = "seed spelling: " + finding.message;
            finding.fix.reset();
        }
    }
    const auto key = [](const Finding& f) { return std::tie(f.file, f.line, f.rule, f.column, f.message); };
    std::sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
    findings.erase(
        std::unique(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) { return key(a) == key(b); }),
        findings.end());
}

int apply_fixes(const std::vector<Finding>& findings) {
    std::map<std::string, std::vector<const Edit*>> by_file;
    for (const Finding& finding : findings) {
        if (finding.fix) by_file[finding.file].push_back(&*finding.fix);
    }
    int made = 0;
    for (auto& [file, edits] : by_file) {
        std::string text = read_text(file);
        std::vector<size_t> starts = {0};
        for (size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n') starts.push_back(i + 1);
        }
        const auto offset = [&](int line, int column) {
            return std::min(text.size(),
                            starts[static_cast<size_t>(std::clamp(line, 1, static_cast<int>(starts.size()))) - 1] +
                                static_cast<size_t>(std::max(column, 0)));
        };
        // From the back, so that earlier offsets stay; an edit that overlaps the one behind it waits for the next run.
        std::vector<std::tuple<size_t, size_t, const Edit*>> ordered;
        for (const Edit* edit : edits)
            ordered.emplace_back(offset(edit->line, edit->column), offset(edit->end_line, edit->end_column), edit);
        std::sort(ordered.begin(), ordered.end(),
                  [](const auto& a, const auto& b) { return std::get<0>(a) > std::get<0>(b); });
        size_t limit = text.size() + 1;
        for (const auto& [begin, end, edit] : ordered) {
            if (begin > end || end > limit) continue;
            text.replace(begin, end - begin, edit->text);
            limit = begin;
            ++made;
        }
        write_text(file, text);
    }
    return made;
}

namespace {
const char* level_name(Level level) {
    return level == Level::Error ? "error" : level == Level::Warning ? "warning" : "note";
}
}  // namespace

std::string findings_text(const std::vector<Finding>& findings) {
    std::string out;
    int errors = 0, warnings = 0, fixable = 0;
    for (const Finding& finding : findings) {
        out += fmt::format("{}:{}:{}: {} {}: {}\n", finding.file, finding.line, finding.column, level_name(finding.level),
                           finding.rule, finding.message);
        errors += finding.level == Level::Error;
        warnings += finding.level == Level::Warning;
        fixable += finding.fix.has_value();
    }
    if (findings.empty()) return "no findings\n";
    out += fmt::format("{} error{}, {} warning{}", errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
    return out + (fixable != 0 ? fmt::format("; {} can be corrected with --fix\n", fixable) : "\n");
}

std::string findings_json(const std::vector<Finding>& findings) {
    OrderedJson list = OrderedJson::array();
    for (const Finding& finding : findings) {
        OrderedJson entry{{"rule", finding.rule},
                          {"level", level_name(finding.level)},
                          {"file", finding.file},
                          {"line", finding.line},
                          {"column", finding.column},
                          {"message", finding.message},
                          {"fixable", finding.fix.has_value()}};
        list.push_back(std::move(entry));
    }
    return list.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string findings_sarif(const std::vector<Finding>& findings) {
    OrderedJson described = OrderedJson::array(), results = OrderedJson::array();
    for (const Rule& rule : rules()) {
        described.push_back({{"id", rule.id},
                             {"shortDescription", {{"text", rule.title}}},
                             {"defaultConfiguration", {{"level", level_name(rule.level)}}}});
    }
    for (const Finding& finding : findings) {
        OrderedJson region{{"startLine", finding.line}, {"startColumn", finding.column}};
        OrderedJson result{
            {"ruleId", finding.rule}, {"level", level_name(finding.level)}, {"message", {{"text", finding.message}}}};
        result["locations"] = {
            {{"physicalLocation", {{"artifactLocation", {{"uri", uri_of(finding.file)}}}, {"region", region}}}}};
        if (finding.fix) {
            const Edit& edit = *finding.fix;
            OrderedJson deleted{{"startLine", edit.line},
                                {"startColumn", edit.column + 1},
                                {"endLine", edit.end_line},
                                {"endColumn", edit.end_column + 1}};
            OrderedJson replacement{{"deletedRegion", deleted}, {"insertedContent", {{"text", edit.text}}}};
            OrderedJson change{{"artifactLocation", {{"uri", uri_of(finding.file)}}},
                               {"replacements", OrderedJson::array({replacement})}};
            result["fixes"] = OrderedJson::array({OrderedJson{{"description", {{"text", "correct it"}}},
                                                              {"artifactChanges", OrderedJson::array({change})}}});
        }
        results.push_back(std::move(result));
    }
    OrderedJson sarif{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}};
    OrderedJson driver{{"name", "tilewright"}, {"version", version()}, {"rules", described}};
    OrderedJson run{{"tool", {{"driver", driver}}}, {"results", results}};
    sarif["runs"] = OrderedJson::array({run});
    return sarif.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace tw::lint
