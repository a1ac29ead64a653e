#include "diagnose/explain.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <tuple>

namespace tw::diagnose {
namespace {

struct Entry {
    const char* code = nullptr;
    Explain explain = nullptr;
};

std::array<Entry, 64>& table() {
    static std::array<Entry, 64> entries;
    return entries;
}

}  // namespace

Rule::Rule(ProblemKind kind, const char* code, Explain explain) {
    table()[static_cast<size_t>(kind)] = {code, explain};
}

std::string place(const Problem& p) {
    std::string source = p.line ? fmt::format("{}:{}", p.file, p.line) : p.kernel;
    return fmt::format("{}{}core ({},{}), {}", source, source.empty() ? "" : ", ", p.core_x, p.core_y, risc_name(p.risc));
}

Diagnostic explain(const Problem& p) {
    Diagnostic d;
    d.category = Category::KernelError;
    d.at = {place(p)};
    const Entry& entry = table()[static_cast<size_t>(p.kind)];
    TW_CHECK(entry.explain != nullptr);
    d.code = entry.code;
    entry.explain(p, d);
    return d;
}

std::vector<Diagnostic> explain_warnings(const std::vector<Problem>& problems) {
    std::map<std::tuple<ProblemKind, std::string, uint32_t, uint64_t>, std::pair<const Problem*, int>> groups;
    for (const Problem& p : problems) {
        auto& group = groups[{p.kind, p.file, p.line, p.a}];
        if (!group.first) group.first = &p;
        ++group.second;
    }
    std::vector<Diagnostic> out;
    for (const auto& [key, group] : groups) {
        Diagnostic d = explain(*group.first);
        if (group.second > 1) d.at.push_back(fmt::format("{} other cores", group.second - 1));
        out.push_back(std::move(d));
    }
    return out;
}

}  // namespace tw::diagnose
