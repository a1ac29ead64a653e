// The environment's say in how programs run.
#include "base/error.h"
#include "device/device.h"
#include "runtime/launch.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace tw::runtime {
namespace {

template <class T>
void read_number(const char* name, T& value) {
    const char* text = std::getenv(name);
    if (!text || !*text) return;
    T parsed{};
    const auto [end, error] = std::from_chars(text, text + std::strlen(text), parsed);
    if (error != std::errc{} || *end) {
        raise_host("bad-environment", fmt::format("{}=\"{}\" is not a number", name, text),
                   {.fix = fmt::format("unset {} or give it a number", name)});
    }
    value = parsed;
}

int read_choice(const char* name, std::initializer_list<std::string_view> choices, int otherwise) {
    const char* text = std::getenv(name);
    if (!text || !*text) return otherwise;
    int i = 0;
    std::string all;
    for (std::string_view c : choices) {
        if (c == text) return i;
        all += all.empty() ? "" : ", ";
        all += c;
        ++i;
    }
    raise_host("bad-environment", fmt::format("{}=\"{}\" is not known", name, text), {.fix = "use one of: " + all});
}

Numerics numerics_of_environment() {
    return static_cast<Numerics>(read_choice("TILEWRIGHT_NUMERICS", {"fast", "exact"}, static_cast<int>(Numerics::Fast)));
}

}  // namespace

Numerics numerics_of(const RunOptions& run, const Device& device) {
    if (run.numerics) return *run.numerics;
    if (device.options().numerics) return *device.options().numerics;
    return numerics_of_environment();
}

RunOptions RunOptions::from_environment() {
    RunOptions o;
    o.schedule = static_cast<Schedule>(
        read_choice("TILEWRIGHT_SCHEDULE", {"deterministic", "random", "parallel"}, static_cast<int>(o.schedule)));
    read_number("TILEWRIGHT_SEED", o.seed);
    read_number("TILEWRIGHT_WORKERS", o.workers);
    o.deferred_noc = read_choice("TILEWRIGHT_NOC", {"deferred", "immediate"}, o.deferred_noc ? 0 : 1) == 0;
    o.allow_missing_args = read_choice("TILEWRIGHT_MISSING_ARGS", {"error", "zero"}, o.allow_missing_args ? 1 : 0) == 1;
    numerics_of_environment();  // asked for again by each run; a wrong value is to be an error now
    read_number("TILEWRIGHT_HANG_SECONDS", o.hang_seconds);
    return o;
}

}  // namespace tw::runtime
