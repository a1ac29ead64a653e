// The folder that the kernel cache lives in, and whether it can be trusted.
//
// What is in it is loaded into the process as code, so whoever can write there can run anything as this user. The folder
// that the user chose (TILEWRIGHT_CACHE, XDG_CACHE_HOME, the home folder) is used even so, with a warning if others may
// write to it. A folder below /tmp, which anybody could have made first, must be ours alone: a real folder, our own, closed
// to others. Else this process keeps its kernels in a folder of its own, which it removes when it ends.
#pragma once

#include "base/error.h"

#include <filesystem>
#include <vector>

namespace tw::jit {

// TILEWRIGHT_CACHE, else XDG_CACHE_HOME/tilewright, else ~/.cache/tilewright; else a folder below the system's temporary
// one.
const std::filesystem::path& cache_root();

// Takes a folder of this process's own instead from now on, because the cache cannot be written. False when it is one
// already, or when there is no place for one.
bool leave_cache(const Diagnostic& why);

// Warnings about the cache since the last call.
std::vector<Diagnostic> take_cache_warnings();

}  // namespace tw::jit
