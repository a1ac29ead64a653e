// What kernels do to L1 through pointers: `*p = x`, `while (*flag != 7)`, `memcpy`. The instrumented build of a kernel
// calls the functions of callbacks.cpp before each load and store (docs/design/instrumented-build.md); those to L1 come
// here.
//
// All of this runs on the kernel's fiber, holds nothing and does not wait.
#pragma once

#include "core/core.h"

namespace tw::raw {

struct Access {
    uint32_t address = 0, bytes = 0;
    bool write = false, is_volatile = false;
    const void* code = nullptr;  // where the kernel goes on after the call
};

void on_access(tw_ctx*, const Access&);

// The launch is over: the last store of each kernel has happened, and its record says whether it changed anything.
void finish(Processor&);

}  // namespace tw::raw
