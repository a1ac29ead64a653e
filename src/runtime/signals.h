// Faults and preemption of kernels.
//
// A kernel is native code in this process: a bad pointer is a SIGSEGV, a division by zero a SIGFPE, a failed assert in a
// library an abort. While a worker runs fibers these signals are ours: the fiber is ended with a problem that names the
// place, the launch with a report, and the process lives. Signals that come from anywhere else go to whoever had them
// before.
//
// What matters is whose code it was. The kernel's own, and a function of the C library that the kernel called (a copy to a
// bad address): nothing of ours is touched, and the fiber is dropped there. The runtime's, in a call from the kernel: it
// may hold a lock or be half through a change, so the report says so and no further launch is run (memory_is_spoiled). But
// a stack that ends in the runtime gets the reserve below it (fiber/fiber.h) and the fiber ends at its next switch.
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

// On a fiber, just before its kernel begins: what lies above on the stack is not called by the kernel.
void note_kernel_begins(const Processor&);

// A fault stopped the runtime's own code: locks may be held and data half changed.
bool memory_is_spoiled();

}  // namespace tw::runtime
