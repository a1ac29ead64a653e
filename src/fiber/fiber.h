// A fiber: a stack of its own and a place in its code, switched to and from in a few nanoseconds (Boost.Context).
//
// A fiber is always resumed from a worker thread's own stack and always suspends back to it; fibers never switch to each
// other. It may go on on another thread than the one it left, so code that runs on fibers keeps no address of a
// thread-local variable over a suspension. Sanitizers are told of each switch.
//
// A stack lies between two guards that no access passes:
//
//     [ lower guard | reserve | stack | upper guard ]
//
// A kernel's own code is compiled with probes, so that not even a frame of megabytes steps over the lower one. The runtime,
// which kernels call on the same stack, may hold a lock when the stack ends under it; it is given the reserve to finish in,
// and the fiber is ended at its next switch (runtime/signals.cpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace tw {

class Fiber {
public:
    using Entry = void (*)(void* argument);

    Fiber() = default;
    ~Fiber();
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    // Makes the fiber ready to run entry(argument) from the start; whatever it did before is dropped without unwinding.
    // The entry must not return: it ends by a last suspend().
    void reset(Entry entry, void* argument);

    void resume();   // on a worker: runs the fiber until it suspends
    void suspend();  // on the fiber: back to the worker that resumed it

    // Where a signal handler puts the stack pointer of a fiber that will never go on: its stack may be used up.
    void* stack_top() const { return stack_top_; }
    enum class Area : uint8_t { Elsewhere, LowerGuard, Reserve, Stack, UpperGuard };
    Area area_of(uintptr_t address) const;
    // Makes the reserve part of the stack until the next reset(). May be called by a signal handler.
    void open_reserve();
    static constexpr size_t kStackBytes = 256 * 1024;

private:
    void map_stack();
    static void trampoline_body(Fiber*);
    friend struct FiberTrampoline;

    std::byte* mapping_ = nullptr;
    void* stack_top_ = nullptr;
    bool reserve_is_open_ = false;
    void* context_ = nullptr;  // of the fiber while suspended
    void* worker_ = nullptr;   // of the worker while the fiber runs
    Entry entry_ = nullptr;
    void* argument_ = nullptr;
    void* sanitizer_fiber_ = nullptr;
    void* sanitizer_worker_ = nullptr;
    const void* worker_stack_ = nullptr;
    size_t worker_stack_size_ = 0;
};

}  // namespace tw
