// `numerics=` of devices and run options as Python gives it: "fast", "exact", a Numerics, or None for "as the level below
// says".
#pragma once

#include "base/error.h"
#include "device/numerics.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <variant>

namespace tw::bind {

using NumericsChoice = std::optional<std::variant<Numerics, std::string>>;

inline std::optional<Numerics> chosen_numerics(const NumericsChoice& choice) {
    if (!choice) return std::nullopt;
    if (const Numerics* numerics = std::get_if<Numerics>(&*choice)) return *numerics;
    const std::string& name = std::get<std::string>(*choice);
    if (name == "fast") return Numerics::Fast;
    if (name == "exact") return Numerics::Exact;
    raise_host("bad-numerics", fmt::format("numerics=\"{}\" is not known", name),
               {.fix = "use \"fast\", \"exact\", or None for what TILEWRIGHT_NUMERICS says"});
}

}  // namespace tw::bind
