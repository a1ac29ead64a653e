#include "observe/checks.h"

#include "base/error.h"
#include "base/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tw {
namespace {

constexpr CheckRow kRows[] = {
#define TW_CHECK_LINE(id, name, first, meaning) {Check::id, name, CheckLevel::first, meaning},
#include "observe/checks.def"
#undef TW_CHECK_LINE
};

struct Level {
    std::string_view name;
    CheckLevel level;
};
constexpr Level kLevels[] = {{"off", CheckLevel::Off}, {"default", CheckLevel::Default}, {"full", CheckLevel::Full}};

[[noreturn]] void refuse(std::string_view word, std::string_view text, std::string_view whose) {
    std::vector<std::string_view> known;
    for (const Level& level : kLevels) known.push_back(level.name);
    for (const CheckRow& row : kRows) known.push_back(row.name);
    const std::string guess = nearest(word, known);
    raise_host("bad-checks", fmt::format("{}=\"{}\": there is no check \"{}\"", whose, text, word),
               {.why = fmt::format("a level or a check, - before a check turns it off: {}", fmt::join(known, ", ")),
                .fix = guess.empty() ? "" : fmt::format("did you mean {}?", guess)});
}

std::string_view trimmed(std::string_view word) {
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    return word;
}

}  // namespace

std::span<const CheckRow> check_rows() {
    return kRows;
}

Checks Checks::parse(std::string_view text, std::string_view whose) {
    Checks out;
    for (size_t at = 0; at <= text.size();) {
        const size_t comma = std::min(text.find(',', at), text.size());
        std::string_view word = trimmed(text.substr(at, comma - at));
        at = comma + 1;
        if (word.empty()) continue;
        const auto* level = std::ranges::find(kLevels, word, &Level::name);
        if (level != std::end(kLevels)) {
            out = Checks(level->level);
            continue;
        }
        const bool on = word.front() != '-';
        if (word.front() == '-' || word.front() == '+') word.remove_prefix(1);
        const auto* row = std::ranges::find(kRows, word, &CheckRow::name);
        if (row == std::end(kRows)) refuse(word, text, whose);
        out.set(row->id, on);
    }
    return out;
}

std::string Checks::text() const {
    for (const Level& level : kLevels)
        if (*this == Checks(level.level)) return std::string(level.name);
    std::string out = "default";
    const Checks base;
    for (const CheckRow& row : kRows) {
        if (has(row.id) != base.has(row.id)) out += fmt::format(",{}{}", has(row.id) ? "" : "-", row.name);
    }
    return out;
}

}  // namespace tw
