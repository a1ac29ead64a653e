// What calls have programmed into the units of one compute thread, as values: tw/compute_config.def names the settings, and
// which call sets or needs them. A call that finds another value than it needs is a finding; the run goes on as if it had
// been right, or, where stale settings are to poison results, with a result that is not.
#pragma once

#include "compute/config_values.h"
#include "tw/abi_compute.h"

#include <cstdint>
#include <string_view>

namespace tw::compute {

enum class ConfigField : uint8_t {
#define TW_FIELD(name, thread, words) name,
#define TW_CALL(...)
#include "tw/compute_config.def"
#undef TW_FIELD
    Count
};
enum class ConfigCall : uint32_t {
#define TW_FIELD(...)
#undef TW_CALL
#define TW_CALL(name, ...) name,
#include "tw/compute_config.def"
#undef TW_CALL
#undef TW_FIELD
    Count
};
constexpr uint32_t kConfigFields = static_cast<uint32_t>(ConfigField::Count);
constexpr uint32_t kConfigCalls = static_cast<uint32_t>(ConfigCall::Count);

// Settings that one forgotten call leaves wrong together, so that they are one finding.
enum class ConfigKind : uint8_t { Formats, Operation, Mode, Vector, Mask, Packer };
ConfigKind kind_of(ConfigField);

struct ConfigSetter {
    const tw_site* site = nullptr;
    uint32_t call = kConfigCalls;  // none
    uint32_t at = 0;               // of the thread's calls with a row: which one; reserves before it
    uint32_t reserves = 0;
};

struct ConfigItem;
struct ConfigRow {
    const ConfigItem* items;
    uint16_t needs, all;  // needs come first
};

// One thread's. Written and read by its fiber only.
struct ThreadConfig {
    const ConfigRow* rows = nullptr;  // of the chip and the thread, by call; null: not looked at
    bool poison = false;              // the call that runs found a stale setting, and its result is to show it
    uint32_t value[kConfigFields] = {};
    ConfigSetter by[kConfigFields] = {};
    uint32_t calls = 0;
    const tw_site* first = nullptr;  // of the calls
    // Where each call ran last, and as which one.
    struct Ran {
        const tw_site* site = nullptr;
        uint32_t at = 0;
    };
    Ran ran[kConfigCalls] = {};
};

// The rows of one chip's thread (0: UNPACK).
const ConfigRow* config_rows(bool is_blackhole, uint32_t thread);

}  // namespace tw::compute
