// Semaphores of a launch that came to its end although they are used wrongly: reset while others may still raise them,
// reset and never waited for, raised past what anybody waits for.
#pragma once

#include "core/core.h"
#include "observe/problem.h"

#include <span>
#include <vector>

namespace tw::runtime {

std::vector<Problem> judge_semaphores(std::span<tw_core* const>);

}  // namespace tw::runtime
