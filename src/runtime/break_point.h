// TILEWRIGHT_BREAK: where a debugger stops.
#pragma once

#include "core/core.h"

namespace tw::runtime {

// Raises where TILEWRIGHT_BREAK names no place.
void check_break();

// On the fiber, right before the kernel: stops in the debugger if this core and processor are the ones asked for. A call of
// kernel_main follows the call of this. Without a debugger the run goes on, with a warning.
void stop_where_asked(const tw_ctx&);

}  // namespace tw::runtime
