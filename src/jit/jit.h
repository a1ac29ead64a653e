// The kernel JIT's face: where kernels are looked for, what it did. (symbolize() tells where an
// address in a kernel is in its source.)
// build() itself is in kernel_request.h. docs/kernel-jit.md tells the whole story.
#pragma once

#include "base/interrupted.h"
#include "jit/cache_root.h"
#include "jit/kernel_request.h"
#include "jit/symbolize.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace tw::jit {

// The folder of the script that runs; empty: none.
void set_program_root(const std::filesystem::path&);
void add_metal_root(const std::filesystem::path&);
void drop_metal_root(const std::filesystem::path&);  // nothing where it was not added

// Builds for a debugger: full debug information, little optimisation. Initially TILEWRIGHT_DEBUG.
void set_debug(bool);

// For `tilewright doctor`: the compilers found, and which one is taken.
std::string describe_toolchain();

// Asked some twenty times a second by the thread that builds kernels; true ends the compilers and throws Interrupted.
void set_interrupt_question(bool (*)());

// Builds the precompiled headers that kernels for `arch` will need and that are not there yet. On a thread of its own it
// hides their cost behind whatever else a program loads at its start; what goes wrong is left for build() to report.
void prepare(Arch) noexcept;

struct Stats {
    uint64_t compiled = 0;       // by this process
    uint64_t from_disk = 0;      // found in the cache on disk
    uint64_t from_memory = 0;    // asked for again
    uint64_t headers_built = 0;  // precompiled headers
    double compile_seconds = 0;  // sum over compiler runs
};
Stats stats();

// Forgets what is loaded, so that the next build() looks at the disk again (ttnn.ClearKernelCache). Images in use live on.
void clear_memory_cache();

}  // namespace tw::jit
