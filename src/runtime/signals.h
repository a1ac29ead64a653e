// Faults and preemption of kernels.
//
// A kernel is native code in this process: a bad pointer is a SIGSEGV, a division by zero a SIGFPE, a failed assert in a
// library an abort. While a worker runs fibers these signals are ours: the fiber is ended with a problem that names the
// place, the launch with a report, and the process lives. Signals that come from anywhere else go to whoever had them
// before.
//
// A kernel may also spin on an L1 word with no call in the loop. The JIT instruments the loops that it recognises; for what
// escapes, a monitor thread looks every few milliseconds whether a worker still runs the same fiber, and sends its thread a
// signal. If the fiber is then inside its kernel's own code, where it holds nothing of ours, the handler suspends it there.
#pragma once

#include "core/core.h"

#include <atomic>
#include <cstdint>

namespace tw::runtime {

// Process-wide handlers, in place while any launch runs.
class SignalScope {
public:
    SignalScope();
    ~SignalScope();
};

// One worker thread for the time of a launch: its alternate signal stack and its entry in the monitor's list.
class WorkerScope {
public:
    WorkerScope();
    ~WorkerScope();
    WorkerScope(const WorkerScope&) = delete;

    // Around every switch into a fiber.
    static void entering_fiber(Processor&);
    static void left_fiber();
};

// The executable segment of a loaded kernel.
void find_text(Processor&);

}  // namespace tw::runtime
