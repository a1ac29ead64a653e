// The environment's say in how programs run.
#include "base/settings.h"
#include "device/device.h"
#include "runtime/break_point.h"
#include "runtime/launch.h"

namespace tw::runtime {
namespace {

Numerics numerics_of_environment() {
    return static_cast<Numerics>(setting_choice(Setting::Numerics).value_or(static_cast<int>(Numerics::Fast)));
}

Checks checks_of_environment() {
    const std::string_view text = setting_text(Setting::Checks);
    return text.empty() ? Checks() : Checks::parse(text, row_of(Setting::Checks).name);
}

StaleConfig stale_config_of_environment() {
    return static_cast<StaleConfig>(setting_choice(Setting::StaleConfig).value_or(static_cast<int>(StaleConfig::Told)));
}

}  // namespace

Numerics numerics_of(const RunOptions& run, const Device& device) {
    if (run.numerics) return *run.numerics;
    if (device.options().numerics) return *device.options().numerics;
    return numerics_of_environment();
}

Checks checks_of(const RunOptions& run, const Device& device) {
    if (run.checks) return *run.checks;
    if (device.options().checks) return *device.options().checks;
    return checks_of_environment();
}

jit::RawBuild raw_build_of(const RunOptions& run, const Device& device) {
    if (run.raw) return *run.raw;
    const Checks checks = checks_of(run, device);
    if (checks.has(Check::RawAccess) || checks.has(Check::Races)) return jit::RawBuild::Always;
    return checks.has(Check::Memory) ? jit::RawBuild::WithPointers : jit::RawBuild::Never;
}

StaleConfig stale_config_of(const RunOptions& run, const Device& device) {
    if (run.stale_config) return *run.stale_config;
    if (device.options().stale_config) return *device.options().stale_config;
    return stale_config_of_environment();
}

RunOptions RunOptions::from_environment() {
    RunOptions o;
    o.schedule = static_cast<Schedule>(setting_choice(Setting::Schedule).value_or(static_cast<int>(o.schedule)));
    o.seed = setting_whole(Setting::Seed).value_or(o.seed);
    o.workers = static_cast<uint32_t>(setting_whole(Setting::Workers).value_or(o.workers));
    o.deferred_noc = setting_choice(Setting::Noc).value_or(o.deferred_noc ? 0 : 1) == 0;
    o.allow_missing_args = setting_choice(Setting::MissingArgs).value_or(o.allow_missing_args ? 1 : 0) == 1;
    // Asked for again by each run; a wrong value is to be an error now.
    numerics_of_environment();
    checks_of_environment();
    stale_config_of_environment();
    o.random_choices = setting_whole(Setting::ScheduleSteps).value_or(o.random_choices);
    check_break();
    o.hang_seconds = setting_real(Setting::HangSeconds).value_or(o.hang_seconds);
    return o;
}

}  // namespace tw::runtime
