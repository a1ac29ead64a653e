// One emulated Tensix core while a program runs on it.
#pragma once

#include "core/wait.h"
#include "device/core_coord.h"
#include "tw/abi.h"

#include <cstdint>

namespace tw {

struct ComputeState;

// The compute registers of the core that this fiber runs on.
ComputeState& compute_state(tw_ctx*);

}  // namespace tw
