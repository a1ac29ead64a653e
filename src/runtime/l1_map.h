// A core's L1 as the ledger sees it: its circular buffers, and what the runtime keeps below them.
#pragma once

#include "ledger/launch.h"
#include "runtime/launch.h"

namespace tw::runtime {

// Shared by all cores of a launch that have the same circular buffers.
const ledger::CoreMap* l1_map(ledger::Launch&, const CoreLaunch&);

}  // namespace tw::runtime
