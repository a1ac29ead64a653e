// The variables of the environment: one table (settings.def) with name, kind, range, default and origin, and the only
// place that calls getenv. A setting that is misspelt or has a bad value would otherwise do nothing, silently.
//
// A bad value of one of our own settings is a HostError[bad-environment] where it is read and when a device is opened. A
// TILEWRIGHT_ name that is not in the table and a folder that does not exist are warned of, once a process.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tw {

enum class Setting : uint8_t {
#define TW_SETTING(id, ...) id,
#include "base/settings.def"
#undef TW_SETTING
};

enum class SettingKind : uint8_t { Text, Flag, Whole, Real, Choice, File, Folder, Folders, NewFolder };
enum class SettingOrigin : uint8_t { Tilewright, Tests, TtMetal, System };

struct SettingRow {
    Setting id;
    std::string_view name;
    SettingKind kind;
    long double low, high;     // Whole, Real; exact for all 64-bit numbers
    std::string_view choices;  // Choice: "a|b|c"
    std::string_view otherwise;
    SettingOrigin origin;
    std::string_view meaning;

    std::string allowed() const;  // "a whole number from 0 to 1024", "one of: fast, exact", ..
};

std::span<const SettingRow> settings();
const SettingRow& row_of(Setting);
std::string_view name_of(SettingOrigin);

// As it stands in the environment; "" when it is not set. The text lives until the variable changes.
std::string_view setting_text(Setting);
// These raise when the value is not allowed, and give nothing when the variable is not set or empty.
std::optional<bool> setting_flag(Setting);
std::optional<uint64_t> setting_whole(Setting);
std::optional<double> setting_real(Setting);
std::optional<int> setting_choice(Setting);  // the place among the choices

// Raises for the first bad value of ours, and warns of misspelt names and of folders that are not there.
void check_settings();
// Only the warnings, for programs that open no device.
void warn_of_settings();

}  // namespace tw
