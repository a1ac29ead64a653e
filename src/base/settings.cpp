#include "base/settings.h"

#include "base/nearest.h"
#include "base/warning.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>
#include <vector>

extern char** environ;

namespace tw {
namespace {

constexpr std::string_view kOurs = "TILEWRIGHT_";

using enum SettingKind;
using enum SettingOrigin;
constexpr SettingRow kRows[] = {
#define TW_SETTING(id, name, kind, low, high, choices, otherwise, origin, meaning) \
    {Setting::id, name, kind, low, high, choices, otherwise, origin, meaning},
#include "base/settings.def"
#undef TW_SETTING
};

constexpr std::array<std::string_view, 4> kOn = {"1", "on", "true", "yes"};
constexpr std::array<std::string_view, 4> kOff = {"0", "off", "false", "no"};

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(by));
        if (!part.empty()) parts.push_back(part);
        text.remove_prefix(std::min(part.size() + 1, text.size()));
    }
    return parts;
}

[[noreturn]] void refuse(const SettingRow& row, std::string_view value) {
    const auto choices = split(row.choices, '|');
    const std::string guess = nearest(value, choices);
    raise_host("bad-environment", fmt::format("{}=\"{}\" is not {}", row.name, value, row.allowed()),
               {.at = {std::string("the environment")},
                .why = fmt::format("{}: {}", row.name, row.meaning),
                .fix = guess.empty() ? fmt::format("unset it (default: {}), or give it {}", row.otherwise, row.allowed())
                                     : fmt::format("did you mean {}={}?", row.name, guess)});
}

template <class T>
std::optional<T> number_of(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

void check_value(const SettingRow& row) {
    switch (row.kind) {
        case Flag: setting_flag(row.id); break;
        case Whole: setting_whole(row.id); break;
        case Real: setting_real(row.id); break;
        case Choice: setting_choice(row.id); break;
        default: break;
    }
}

void warn_once(const Diagnostic& diagnostic) {
    static std::mutex mutex;
    static auto& said = *new std::set<std::string>;
    {
        const std::lock_guard lock(mutex);
        if (!said.insert(diagnostic.what).second) return;
    }
    warn(diagnostic);
}

// The known name all of whose words stand in this one ("CACHE_SIZE_MB" for "CACHE_MB"), where no spelling is near.
std::string by_words(std::string_view name, std::span<const std::string_view> known) {
    const auto words = split(name, '_');
    std::string best;
    for (const std::string_view candidate : known) {
        const auto its = split(candidate, '_');
        const bool all = std::all_of(its.begin(), its.end(), [&](std::string_view w) { return is_one_of(w, words); });
        if (all && candidate.size() > best.size()) best = candidate;
    }
    return best;
}

void warn_of_names() {
    std::vector<std::string_view> known;  // what follows the prefix, which would make all names look alike
    for (const SettingRow& row : kRows)
        if (row.name.starts_with(kOurs)) known.push_back(row.name.substr(kOurs.size()));
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view name = std::string_view(*entry).substr(0, std::string_view(*entry).find('='));
        if (!name.starts_with(kOurs) || is_one_of(name.substr(kOurs.size()), known)) continue;
        std::string guess = nearest(name.substr(kOurs.size()), known);
        if (guess.empty()) guess = by_words(name.substr(kOurs.size()), known);
        std::string all;
        for (const SettingRow& row : kRows)
            if (row.origin == Tilewright) all += (all.empty() ? "" : ", ") + std::string(row.name);
        warn_once({.category = Category::HostError,
                   .code = "unknown-setting",
                   .what = fmt::format("{} is not a setting of Tilewright, and does nothing", name),
                   .at = {"the environment"},
                   .why = guess.empty() ? "known: " + all : "",
                   .fix = guess.empty() ? "unset it" : fmt::format("did you mean {}{}?", kOurs, guess)});
    }
}

// Whether a folder of this name could be made and written: its nearest ancestor that exists is what counts.
bool can_be_made(std::filesystem::path folder) {
    std::error_code error;
    while (!std::filesystem::exists(folder, error) && folder.has_parent_path() && folder != folder.parent_path())
        folder = folder.parent_path();
    if (folder.empty()) folder = ".";
    return std::filesystem::is_directory(folder, error) && access(folder.c_str(), W_OK | X_OK) == 0;
}

void warn_of_paths() {
    for (const SettingRow& row : kRows) {
        if (row.kind != NewFolder) continue;
        if (const std::string_view path = setting_text(row.id); !path.empty() && !can_be_made(path))
            warn_once(
                {.category = Category::HostError,
                 .code = "bad-environment",
                 .what = fmt::format("{}=\"{}\": this folder cannot be made or written; another is used", row.name, path),
                 .at = {"the environment"},
                 .why = fmt::format("{}: {}", row.name, row.meaning),
                 .fix = "correct the path, or unset it"});
    }
    for (const SettingRow& row : kRows) {
        if (row.kind != Folder && row.kind != Folders && row.kind != File) continue;
        for (const std::string_view path : split(setting_text(row.id), row.kind == Folders ? ':' : '\0')) {
            std::error_code error;
            const bool there = row.kind == File
                                   ? std::filesystem::exists(path, error) && !std::filesystem::is_directory(path, error)
                                   : std::filesystem::is_directory(path, error);
            if (there) continue;
            warn_once({.category = Category::HostError,
                       .code = "bad-environment",
                       .what = fmt::format("{}=\"{}\": there is no such {}", row.name, path,
                                           row.kind == File ? "file" : "folder"),
                       .at = {"the environment"},
                       .why = fmt::format("{}: {}", row.name, row.meaning),
                       .fix = "correct the path, or unset it"});
        }
    }
}

}  // namespace

std::string SettingRow::allowed() const {
    switch (kind) {
        case Flag: return "1 (on) or 0 (off)";
        case Whole: return fmt::format("a whole number from {:.0f} to {:.0f}", low, high);
        case Real: return fmt::format("a number from {} to {}", double(low), double(high));
        case Choice: return fmt::format("one of: {}", fmt::join(split(choices, '|'), ", "));
        case File: return "a file";
        case Folder: return "a folder";
        case Folders: return "folders, with ':' between them";
        case NewFolder: return "a folder, which is made when it is not there";
        case Text: break;
    }
    return "text";
}

std::span<const SettingRow> settings() {
    return kRows;
}
const SettingRow& row_of(Setting setting) {
    return kRows[size_t(setting)];
}

std::string_view name_of(SettingOrigin origin) {
    switch (origin) {
        case Tilewright: return "tilewright";
        case Tests: return "tests";
        case TtMetal: return "tt-metal";
        case System: return "system";
    }
    return "?";
}

std::string_view setting_text(Setting setting) {
    const char* value = std::getenv(std::string(row_of(setting).name).c_str());
    return value ? value : "";
}

std::optional<bool> setting_flag(Setting setting) {
    const std::string_view text = setting_text(setting);
    if (text.empty()) return std::nullopt;
    if (is_one_of(text, kOn)) return true;
    if (is_one_of(text, kOff)) return false;
    if (row_of(setting).origin == TtMetal) return true;  // tt-metal only looks whether they are set
    refuse(row_of(setting), text);
}

std::optional<uint64_t> setting_whole(Setting setting) {
    const std::string_view text = setting_text(setting);
    if (text.empty()) return std::nullopt;
    const SettingRow& row = row_of(setting);
    const auto value = number_of<uint64_t>(text);
    if (!value || *value < row.low || *value > row.high) refuse(row, text);
    return value;
}

std::optional<double> setting_real(Setting setting) {
    const std::string_view text = setting_text(setting);
    if (text.empty()) return std::nullopt;
    const SettingRow& row = row_of(setting);
    const auto value = number_of<double>(text);
    if (!value || !std::isfinite(*value) || *value < row.low || *value > row.high) refuse(row, text);
    return value;
}

std::optional<int> setting_choice(Setting setting) {
    const std::string_view text = setting_text(setting);
    if (text.empty()) return std::nullopt;
    const SettingRow& row = row_of(setting);
    const auto choices = split(row.choices, '|');
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found == choices.end()) refuse(row, text);
    return int(found - choices.begin());
}

void warn_of_settings() {
    if (!setting_text(Setting::Warned).empty()) return;
    warn_of_names();
    warn_of_paths();
}

void check_settings() {
    warn_of_settings();
    for (const SettingRow& row : kRows)
        if (row.origin == Tilewright || row.origin == TtMetal) check_value(row);
}

}  // namespace tw
