#include "diagnose/excerpts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tw::diagnose {
namespace {

constexpr size_t kWidest = 110;  // of a line that is shown

struct Line {
    const jit::SourceFile* file = nullptr;
    uint32_t number = 0;
};

// The line that a place names: "written by kernels/a.cpp:12, core (0,0), BRISC".
Line line_in(std::string_view place, const Sources& sources) {
    Line best;
    size_t longest = 0;
    for (const auto& [name, file] : sources.all()) {
        const size_t at = place.find(name);
        if (at == std::string_view::npos || name.size() <= longest) continue;
        const std::string_view rest = place.substr(at + name.size());
        uint32_t number = 0;
        if (rest.empty() || rest.front() != ':') continue;
        std::from_chars(rest.data() + 1, rest.data() + rest.size(), number);
        if (number == 0) continue;
        best = {file, number};
        longest = name.size();
    }
    return best;
}

uint32_t column_of(const Line& line, const Problem* p) {
    if (!p) return 0;
    if (p->line == line.number && p->file == line.file->shown) return p->column;
    const auto same = [&](const Also& also) { return also.line == line.number && also.file == line.file->shown; };
    const auto found = std::ranges::find_if(p->also, same);
    return found == p->also.end() ? 0 : found->column;
}

std::string excerpt_of(const Line& line, uint32_t column) {
    const auto text = jit::line_of(*line.file, line.number);
    if (!text) return {};
    std::string shown(text->substr(0, kWidest));
    std::ranges::replace(shown, '\t', ' ');
    if (text->size() > kWidest) shown += "..";
    const size_t first = std::min(shown.find_first_not_of(' '), shown.size());
    size_t caret = column ? jit::column_as_written(*line.file, line.number, column) - 1 : first;
    if (caret >= shown.size()) caret = first;
    const std::string number = std::to_string(line.number);
    return fmt::format("{} | {}\n{:{}} | {:{}}^", number, shown, "", number.size(), "", caret);
}

}  // namespace

void add_excerpts(Diagnostic& d, const Sources& sources, const Problem* p) {
    d.excerpts.clear();
    for (const std::string& place : d.at) {
        const Line line = line_in(place, sources);
        d.excerpts.push_back(line.file ? excerpt_of(line, column_of(line, p)) : std::string());
    }
}

}  // namespace tw::diagnose
