// One compiler run: flags, precompiled headers, object, shared object.
//
// A kernel is one translation unit behind a precompiled header of all that our headers hold. What differs between kernels
// is not in that header but in the text that follows it (jit/prologue.h), so there is one header for each processor class,
// architecture, compiler and state of kernel_include, built once on a machine.
#pragma once

#include "base/error.h"
#include "jit/prologue.h"
#include "jit/toolchain.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tw::jit {

struct CompileSetup {
    const Toolchain* toolchain = nullptr;
    ProcessorClass group = ProcessorClass::DataMovement;
    Arch arch = Arch::WormholeB0;
    bool debug = false;
    bool raw = false;  // with calls before loads and stores (docs/design/instrumented-build.md)

    std::string key() const;  // everything that decides what the compiler makes of a text
};

// What debug information has for the folder that relative file names are relative to.
inline constexpr const char* kRelativeTo = "/kernels-as-named";

// What a run of the compiler may cost.
struct CompileLimits {
    double seconds = 0;          // of the clock
    std::function<bool()> stop;  // asked now and then: true ends it
};
double compile_seconds_limit();  // TILEWRIGHT_COMPILE_SECONDS

enum class CompileEnd : uint8_t {
    Done,
    Refused,     // the compiler or the linker found errors
    DiskFailed,  // something could not be written
    Killed,      // the compiler was ended by a signal that is not ours
    TimedOut,
    Stopped,
};

struct CompileOutcome {
    CompileEnd end = CompileEnd::Refused;
    std::string output;               // the compiler's messages, or the linker's
    int signal = 0;                   // Killed: by which; 0: not known
    std::filesystem::path unwritten;  // DiskFailed
    uint64_t unwritten_bytes = 0;     // 0: not known
    double seconds = 0;
    bool ok() const { return end == CompileEnd::Done; }
};

// A failed outcome that is neither the kernel's fault nor Refused nor Stopped, in words. `what` was being built.
Diagnostic explain_outcome(const CompileOutcome&, const std::string& what, const CompileLimits&);

// The precompiled header's file, built if it is not there; empty unless the outcome is Done.
std::filesystem::path precompiled_header(const CompileSetup&, const CompileLimits&, CompileOutcome&);

// Does a failed compiler complain of the precompiled header itself? Then it is damaged, or our headers were edited while we
// ran.
bool blames_header(const std::string& output);
void discard_header(const std::filesystem::path& built);

// text -> shared object, sealed and moved to `object`.
CompileOutcome compile_kernel(const CompileSetup&, const CompileLimits&, const std::filesystem::path& header,
                              std::string_view text, const std::vector<std::filesystem::path>& include_folders,
                              const std::filesystem::path& object);

}  // namespace tw::jit
