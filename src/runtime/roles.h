// What a call's tensors were used for, once its kernels have returned: inputs that nobody read, writes that went into an
// input, pages of the output that nobody wrote or that two cores wrote.
#pragma once

#include "ledger/launch.h"
#include "observe/problem.h"
#include "runtime/launch.h"

#include <span>
#include <vector>

namespace tw::runtime {

std::vector<Problem> judge_roles(ledger::Launch&, std::span<const CoreLaunch>, bool clean);

}  // namespace tw::runtime
