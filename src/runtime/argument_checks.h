// Runtime args that a kernel's text reads wrongly: one of them twice, under two names, and another one never.
#pragma once

#include "core/core.h"
#include "observe/problem.h"

#include <span>
#include <vector>

namespace tw::runtime {

std::vector<Problem> judge_arguments(std::span<tw_core* const>);

}  // namespace tw::runtime
