// `checks=` of devices and run options as Python gives it: "off", "default", "full", "full,-races", or None for "as the
// level below says".
#pragma once

#include "observe/checks.h"

#include <optional>
#include <string>

namespace tw::bind {

inline std::optional<Checks> chosen_checks(const std::optional<std::string>& text) {
    return text ? std::optional(Checks::parse(*text, "checks")) : std::nullopt;
}
inline std::optional<std::string> text_of(const std::optional<Checks>& checks) {
    return checks ? std::optional(checks->text()) : std::nullopt;
}

}  // namespace tw::bind
