#include "compute/ignored_settings.h"

#include "compute/config_item.h"
#include "compute/registers.h"
#include "tile/unpack.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tw {
namespace {

using compute::ThreadConfig;

constexpr std::string_view kNames[] = {
#define TW_FIELD(...)
#define TW_CALL(name, ...) #name,
#include "tw/compute_config.def"
#undef TW_CALL
#undef TW_FIELD
};

// Calls by the low-level API do not say what they compute.
bool is_unknown(const ThreadConfig& t) {
    return std::ranges::any_of(t.by, [](const compute::ConfigSetter& by) {
        return by.call == static_cast<uint32_t>(compute::ConfigCall::low_level_init);
    });
}

template <class F>
bool any_call(const ThreadConfig& t, F what) {
    for (uint32_t call = 0; call < compute::kConfigCalls; ++call)
        if (t.ran[call].site && what(call)) return true;
    return false;
}

bool multiplies(uint32_t call) {
    const std::string_view name = kNames[call];
    return name.find("mul") != std::string_view::npos || name.starts_with("reduce") || name.find("matmul") != name.npos;
}

// Functions of the vector unit are those that need its init.
bool is_vector(uint32_t call) {
    const compute::ConfigRow& row = compute::config_rows(false, TW_TRISC_MATH - TW_TRISC_UNPACK)[call];
    return std::any_of(row.items, row.items + row.needs, [](const compute::ConfigItem& item) {
        return compute::kind_of(item.field) == compute::ConfigKind::Vector;
    });
}

}  // namespace

std::vector<Problem> judge_settings(const tw_core& core, const jit::ComputeOptions& options) {
    std::vector<Problem> out;
    const jit::ComputeOptions usual;
    const bool asked = options.fidelity != usual.fidelity || options.approx || options.bfp8_pack_precise;
    const Processor& math = core.processors[TW_TRISC_MATH];
    if (!asked || !core.compute || !math.image) return out;
    const ComputeState& s = *core.compute;
    const ThreadConfig& t = s.config[TW_TRISC_MATH - TW_TRISC_UNPACK];
    if (!t.rows || is_unknown(t) || !t.calls) return out;
    const auto tell = [&](IgnoredSetting setting) {
        Problem p = problem_at(&math.ctx, nullptr, ProblemKind::SettingIgnored, static_cast<uint64_t>(setting));
        p.severity = Severity::Note;
        p.line = 0;  // of the kernel as a whole
        out.push_back(std::move(p));
    };
    if (options.fidelity != usual.fidelity && !any_call(t, multiplies)) tell(IgnoredSetting::MathFidelity);
    if (options.approx && !any_call(t, is_vector)) tell(IgnoredSetting::MathApproxMode);
    const bool packs_blocks = std::ranges::any_of(
        core.cb_packed_as, [](uint8_t format) { return format && is_block_float(static_cast<DataFormat>(format - 1)); });
    if (options.bfp8_pack_precise && !packs_blocks) tell(IgnoredSetting::Bfp8PackPrecise);
    return out;
}

}  // namespace tw
