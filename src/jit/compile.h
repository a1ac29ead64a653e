// One compiler run: flags, precompiled headers, object, shared object.
//
// A kernel is one translation unit behind a precompiled header of all that our headers hold. What differs between kernels
// is not in that header but in the text that follows it (jit/prologue.h), so there is one header for each processor class,
// architecture, compiler and state of kernel_include, built once on a machine.
#pragma once

#include "jit/prologue.h"
#include "jit/toolchain.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tw::jit {

struct CompileSetup {
    const Toolchain* toolchain = nullptr;
    ProcessorClass group = ProcessorClass::DataMovement;
    Arch arch = Arch::WormholeB0;
    bool debug = false;

    std::string key() const;  // everything that decides what the compiler makes of a text
};

// What debug information has for the folder that relative file names are relative to.
inline constexpr const char* kRelativeTo = "/kernels-as-named";

struct CompileOutcome {
    bool ok = false;
    bool disk_failed = false;  // the cache could not be written; `output` says where
    std::string output;        // the compiler's messages, or the linker's
    double seconds = 0;
};

// The precompiled header's file, built if it is not there. Empty, with `problem` set, when our own headers do not compile.
std::filesystem::path precompiled_header(const CompileSetup&, std::string& problem);

// Does a failed compiler complain of the precompiled header itself? Then it is damaged, or our headers were edited while we
// ran.
bool blames_header(const std::string& output);
void discard_header(const std::filesystem::path& built);

// text -> shared object, sealed and moved to `object`.
CompileOutcome compile_kernel(const CompileSetup&, const std::filesystem::path& header, std::string_view text,
                              const std::vector<std::filesystem::path>& include_folders,
                              const std::filesystem::path& object);

}  // namespace tw::jit
