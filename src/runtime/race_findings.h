// Races of a launch's recording, as findings.
#pragma once

#include "core/core.h"
#include "record/recording.h"
#include "runtime/launch.h"

#include <span>

namespace tw::runtime {

void report_races(const Recording&, std::span<const CoreLaunch>, LaunchHost&);

}  // namespace tw::runtime
