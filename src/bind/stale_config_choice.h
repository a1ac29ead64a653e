// `stale_config=` of devices and run options as Python gives it: "told", "poison", or None for "as the level below says".
#pragma once

#include "base/error.h"
#include "device/stale_config.h"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace tw::bind {

using StaleConfigChoice = std::optional<std::string>;

inline std::optional<StaleConfig> chosen_stale_config(const StaleConfigChoice& name) {
    if (!name) return std::nullopt;
    if (*name == "told") return StaleConfig::Told;
    if (*name == "poison") return StaleConfig::Poison;
    raise_host("bad-stale-config", fmt::format("stale_config=\"{}\" is not known", *name),
               {.fix = "use \"told\", \"poison\", or None for what TILEWRIGHT_STALE_CONFIG says"});
}
inline StaleConfigChoice name_of(std::optional<StaleConfig> choice) {
    if (!choice) return std::nullopt;
    return *choice == StaleConfig::Poison ? "poison" : "told";
}

}  // namespace tw::bind
