#include "diagnose/variables.h"

#include "diagnose/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace tw::diagnose {
namespace {

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// The name in front of the last `=` (or `{` of an initializer) of what stands before a call in its statement.
std::string variable_before(std::string_view text) {
    text = text.substr(std::min(text.size(), text.find_last_of(';') + 1));
    size_t at = text.size();
    while (at > 0) {
        at = text.find_last_of("={", at - 1);
        if (at == std::string_view::npos) return {};
        const bool compares = at > 0 && std::string_view("=<>!+-*/|&").find(text[at - 1]) != std::string_view::npos;
        if (!compares && (at + 1 >= text.size() || text[at + 1] != '=')) break;
    }
    size_t end = at;
    while (end > 0 && text[end - 1] == ' ') --end;
    size_t begin = end;
    while (begin > 0 && is_name(text[begin - 1])) --begin;
    if (begin == end || std::isdigit(static_cast<unsigned char>(text[begin])) != 0) return {};
    return std::string(text.substr(begin, end - begin));
}

}  // namespace

void name_variables(std::vector<Finding>& findings, const Sources& sources) {
    for (Finding& finding : findings) {
        Problem& p = finding.problem;
        if (p.kind != ProblemKind::MissingArg || p.line == 0) continue;
        const jit::SourceFile* file = sources.find(p.file);
        const auto line = file ? jit::line_of(*file, p.line) : std::nullopt;
        if (!line) continue;
        size_t column = p.column ? jit::column_as_written(*file, p.line, p.column) - 1 : line->find("get_");
        std::string before(line->substr(0, std::min(column, line->size())));
        // A declaration may begin on the line above.
        if (before.find_first_not_of(' ') == std::string::npos)
            before = std::string(jit::line_of(*file, p.line - 1).value_or("")) + before;
        p.what = variable_before(before);
    }
}

std::vector<Diagnostic> unused_args(std::span<tw_core* const> cores) {
    std::vector<Diagnostic> notes;
    std::set<const jit::SourceTree*> seen;
    for (const tw_core* core : cores) {
        for (const Processor& p : core->processors) {
            if (!p.image || !p.image->sources) continue;
            const jit::SourceTree& tree = *p.image->sources;
            if (!tree.args_read || p.ctx.rt_arg_count <= *tree.args_read || !seen.insert(&tree).second) continue;
            Diagnostic& d = notes.emplace_back();
            d.category = Category::KernelError;
            d.severity = Severity::Note;
            d.code = "unused-arg";
            d.what = fmt::format("the kernel is given {} runtime args and reads {} of them", p.ctx.rt_arg_count,
                                 *tree.args_read == 0 ? std::string("none") : fmt::format("the first {}", *tree.args_read));
            d.at = {
                fmt::format("{}, core ({},{}), {}", p.image->name, core->coord.x, core->coord.y, risc_name(p.ctx.risc))};
            d.why = "no get_arg_val of its text has a larger index";
            d.fix = "leave them out, or check that the kernel and the host count alike";
        }
    }
    return notes;
}

}  // namespace tw::diagnose
