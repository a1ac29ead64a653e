// What is left over when all kernels have returned: pages that were pushed and that nobody waits for, pages that are popped
// and that no call reads while their neighbours are.
#pragma once

#include "core/core.h"
#include "observe/problem.h"

#include <span>
#include <vector>

namespace tw::runtime {

// `reads`: nothing else is wrong with what the calls compute, so that pages that none of them reads are a finding.
std::vector<Problem> judge_balance(std::span<tw_core* const>, bool reads);

}  // namespace tw::runtime
