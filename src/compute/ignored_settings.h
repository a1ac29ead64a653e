// Settings of a kernel's compute configuration that none of the calls it made looks at.
#pragma once

#include "core/core.h"
#include "jit/kernel_request.h"

#include <vector>

namespace tw {

enum class IgnoredSetting : uint8_t { MathFidelity, MathApproxMode, Bfp8PackPrecise };

// Of a core that has come to its end. Only what the host program chose, and not by default, is looked at.
std::vector<Problem> judge_settings(const tw_core&, const jit::ComputeOptions&);

}  // namespace tw
