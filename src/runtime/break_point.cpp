#include "runtime/break_point.h"

#include "base/settings.h"
#include "base/warning.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <csignal>
#include <fstream>
#include <optional>
#include <string>

namespace tw::runtime {
namespace {

struct Place {
    uint32_t x = 0, y = 0;
    int risc = 0;
};

constexpr std::array<std::array<std::string_view, 2>, TW_RISC_COUNT> kNames = {
    {{"br", "brisc"}, {"nc", "ncrisc"}, {"tr0", "trisc0"}, {"tr1", "trisc1"}, {"tr2", "trisc2"}}};

// "1,0,NCRISC"
std::optional<Place> place_of(std::string_view text) {
    Place out;
    for (uint32_t* number : {&out.x, &out.y}) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
        if (error != std::errc() || end == text.data() + text.size() || *end != ',') return {};
        text.remove_prefix(static_cast<size_t>(end - text.data()) + 1);
    }
    std::string name(text);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (size_t risc = 0; risc < kNames.size(); ++risc) {
        if (name != kNames[risc][0] && name != kNames[risc][1]) continue;
        out.risc = static_cast<int>(risc);
        return out;
    }
    return {};
}

std::optional<Place> place_asked_for() {
    const std::string_view text = setting_text(Setting::Break);
    if (text.empty()) return {};
    const auto place = place_of(text);
    if (!place)
        raise_host("bad-environment", fmt::format("TILEWRIGHT_BREAK=\"{}\" is not x,y,RISC", text),
                   {.at = {"the environment"}, .fix = "a logical core and one of BR, NC, TR0, TR1, TR2: 0,0,NC"});
    return place;
}

bool has_debugger() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        constexpr std::string_view kTracer = "TracerPid:";
        if (line.compare(0, kTracer.size(), kTracer) == 0) return line.find_first_of("123456789") != std::string::npos;
    }
    return false;
}

}  // namespace

void check_break() {
    place_asked_for();
}

void stop_where_asked(const tw_ctx& ctx) {
    static const std::optional<Place> asked = place_asked_for();
    if (!asked || asked->x != ctx.logical_x || asked->y != ctx.logical_y || asked->risc != ctx.risc) return;
    if (has_debugger()) {
        static_cast<void>(std::raise(SIGTRAP));
        return;
    }
    Diagnostic d;
    d.category = Category::Environment;
    d.severity = Severity::Warning;
    d.code = "no-debugger";
    d.what = "TILEWRIGHT_BREAK asks to stop here, and no debugger is there";
    d.fix = "gdb --args tilewright run --break 0,0,NC program.py";
    warn(d);
}

}  // namespace tw::runtime
