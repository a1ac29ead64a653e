#include "observe/prints.h"

#include "base/error.h"
#include "base/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <tuple>

namespace fs = std::filesystem;

namespace tw {
namespace {

constexpr std::string_view kRiscNames[TW_RISC_COUNT] = {"BR", "NC", "TR0", "TR1", "TR2"};

[[noreturn]] void refuse(Setting setting, std::string_view value, std::string_view form) {
    const SettingRow& row = row_of(setting);
    raise_host("bad-environment", fmt::format("{}=\"{}\" is not {}", row.name, value, form),
               {.at = {"the environment"}, .why = fmt::format("{}: {}", row.name, row.meaning)});
}

std::vector<std::string_view> words_of(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const size_t end = std::min(text.find_first_of(separators), text.size());
        std::string_view word = text.substr(0, end);
        while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
        while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
        if (!word.empty()) words.push_back(word);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// Reads x,y or (x,y) off the front; nothing where there is none.
std::optional<std::pair<uint32_t, uint32_t>> take_core(std::string_view& text) {
    const auto skip = [&](char c) {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        const bool there = !text.empty() && text.front() == c;
        if (there) text.remove_prefix(1);
        return there;
    };
    const auto number = [&]() -> std::optional<uint32_t> {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        uint32_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc()) return {};
        text.remove_prefix(static_cast<size_t>(end - text.data()));
        return value;
    };
    const bool round = skip('(');
    const auto x = number();
    if (!x || !skip(',')) return {};
    const auto y = number();
    if (!y || (round && !skip(')'))) return {};
    return std::pair(*x, *y);
}

uint32_t riscs_of(std::string_view text) {
    if (text.empty() || text == "all") return (1u << TW_RISC_COUNT) - 1;
    uint32_t mask = 0;
    for (const std::string_view word : words_of(text, ",+|")) {
        const auto at = std::ranges::find(kRiscNames, word);
        if (at != std::end(kRiscNames)) {
            mask |= 1u << (at - std::begin(kRiscNames));
        } else if (word == "TR*") {
            mask |= 1u << TW_TRISC_UNPACK | 1u << TW_TRISC_MATH | 1u << TW_TRISC_PACK;
        } else if (word.substr(0, 2) != "ER") {  // Ethernet cores run no kernels here
            refuse(Setting::MetalDprintRiscvs, text, "a list of BR, NC, TR0, TR1, TR2 and TR*");
        }
    }
    return mask;
}

constexpr std::string_view kFileNames[TW_RISC_COUNT] = {"BRISC", "NCRISC", "TRISC0", "TRISC1", "TRISC2"};

using Who = std::tuple<uint16_t, uint16_t, uint8_t>;  // logical x and y, processor

struct Printer {
    std::mutex mutex;
    std::map<Who, std::string> waiting;
    std::FILE* file = nullptr;
    std::map<Who, std::FILE*> files;  // where each has its own
    const bool apart = setting_flag(Setting::MetalDprintFilePerRisc).value_or(false);

    static std::FILE* open(const std::string& path) {
        std::FILE* f = std::fopen(path.c_str(), "w");
        if (f) return f;
        std::fprintf(stderr, "tilewright: %s cannot be written: DPRINT goes to standard output\n", path.c_str());
        return stdout;
    }
    std::FILE* out(const Who& who) {
        if (!apart) {
            const std::string path(setting_text(Setting::MetalDprintFile));
            if (!file) file = path.empty() ? stdout : open(path);
            return file;
        }
        std::FILE*& own = files[who];
        if (!own) {
            const auto& [x, y, risc] = who;
            const fs::path folder = fs::path(setting_text(Setting::MetalLogsPath)) / "generated" / "dprint";
            std::error_code error;
            fs::create_directories(folder, error);
            own = open(folder / fmt::format("device-0_worker-core-{}-{}_{}.txt", x, y, kFileNames[risc]));
        }
        return own;
    }
};

Printer& printer() {
    static Printer& p = *new Printer;  // kernels may still print while statics are destroyed
    return p;
}

void write_line(Printer& p, uint16_t x, uint16_t y, uint8_t risc, std::string_view line) {
    static const bool plain = setting_text(Setting::MetalDprintPrepend) == "0";
    const std::string who = plain ? "" : fmt::format("0:(x={},y={}):{}: ", x, y, kRiscNames[risc]);
    fmt::print(p.out({x, y, risc}), "{}{}\n", who, line);
}

}  // namespace

PrintChoice PrintChoice::of_environment() {
    return parse(setting_flag(Setting::Dprint).value_or(false), setting_text(Setting::MetalDprintCores),
                 setting_text(Setting::MetalDprintChips), setting_text(Setting::MetalDprintRiscvs));
}

PrintChoice PrintChoice::parse(bool asked, std::string_view cores, std::string_view chips, std::string_view riscs) {
    PrintChoice out;
    out.riscs_ = riscs_of(riscs);
    if (!chips.empty() && chips != "all") {
        const auto ids = words_of(chips, ",");
        for (const std::string_view id : ids)
            if (id.find_first_not_of("0123456789") != std::string_view::npos)
                refuse(Setting::MetalDprintChips, chips, "a list of chip numbers, or all");
        if (std::ranges::find(ids, "0") == ids.end()) return out;  // the one chip that there is
    }
    constexpr std::string_view kForm = "x,y or (x1,y1),(x2,y2) or (x1,y1)-(x2,y2), or one of all, worker, dispatch";
    if (cores.empty() || cores == "0") {
        out.all_cores_ = asked;
    } else if (cores == "all" || cores == "worker") {
        out.all_cores_ = true;
    } else if (cores != "dispatch") {  // no kernels of programs run on those
        for (std::string_view rest = cores; !rest.empty();) {
            const auto from = take_core(rest);
            if (!from) refuse(Setting::MetalDprintCores, cores, kForm);
            auto to = from;
            if (!rest.empty() && rest.front() == '-') {
                rest.remove_prefix(1);
                to = take_core(rest);
                if (!to) refuse(Setting::MetalDprintCores, cores, kForm);
            }
            out.cores_.push_back({std::min(from->first, to->first), std::min(from->second, to->second),
                                  std::max(from->first, to->first), std::max(from->second, to->second)});
            while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
            if (rest.empty()) break;
            if (rest.front() != ',') refuse(Setting::MetalDprintCores, cores, kForm);
            rest.remove_prefix(1);
        }
    }
    return out;
}

bool PrintChoice::wants(uint32_t x, uint32_t y, uint32_t risc) const {
    if (!(riscs_ >> risc & 1)) return false;
    return all_cores_ || std::ranges::any_of(
                             cores_, [&](const Rectangle& r) { return r.x0 <= x && x <= r.x1 && r.y0 <= y && y <= r.y1; });
}

void print_line_of(const tw_ctx& ctx, std::string_view text) {
    Printer& p = printer();
    const std::lock_guard lock(p.mutex);
    std::string& line = p.waiting[{ctx.logical_x, ctx.logical_y, ctx.risc}];
    line += text;
    size_t begin = 0;
    for (size_t end; (end = line.find('\n', begin)) != std::string::npos; begin = end + 1)
        write_line(p, ctx.logical_x, ctx.logical_y, ctx.risc, std::string_view(line).substr(begin, end - begin));
    line.erase(0, begin);
}

void finish_prints() {
    Printer& p = printer();
    const std::lock_guard lock(p.mutex);
    for (const auto& [who, line] : p.waiting)
        if (!line.empty()) write_line(p, std::get<0>(who), std::get<1>(who), std::get<2>(who), line);
    p.waiting.clear();
    if (p.file) std::fflush(p.file);
    for (const auto& [who, file] : p.files) std::fflush(file);
}

}  // namespace tw
