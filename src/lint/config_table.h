// tw/compute_config.def as text: what each compute call programs and needs, for a reader of kernels. The rows are those
// that runs are checked by (src/compute/config.cpp); of words that a call passes only those are known that its name tells.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::lint {

struct ConfigEntry {
    enum class What { Set, Need, NeedNot };
    What what = What::Set;
    std::string_view field, value, word;  // "uA", "0", "a_lo"
};

struct ConfigCall {
    std::string_view name, remedy;
    std::vector<ConfigEntry> entries;  // of all three threads; those of one chip only are left out
};

const ConfigCall* find_config_call(std::string_view name);
// The calls of the table that a call of the API comes to, older names included: "mm_init" is a startup and a matmul_init.
// Empty: the table does not have it.
std::vector<std::string_view> config_calls_of(std::string_view name);

// What stands in a field after `call` has set it, as far as the name tells: sums differ from products, and rows from
// columns.
std::string config_identity(const ConfigCall& call, const ConfigEntry&);

}  // namespace tw::lint
