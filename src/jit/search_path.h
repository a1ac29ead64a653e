// Where kernel sources and the user's headers are looked for (docs/kernel-jit.md, "Where kernels are found").
//
// A kernel's path, if not absolute, is tried below: the program's root (the folder of the script that runs), the current
// folder, each metal root, TT_METAL_KERNEL_PATH, TT_METAL_HOME. A metal root is a tt-metal checkout or the folder `ttnn` of
// an unpacked wheel, from add_metal_root() (--metal-root) or TILEWRIGHT_METAL_ROOT (several, by colons).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tw::jit {

struct KernelFile {
    std::filesystem::path path;                // absolute
    std::vector<std::filesystem::path> tried;  // when nothing was found: `path` is empty
};
KernelFile find_kernel_file(const std::string& source);

// The folders in which the user's headers are looked for, behind ours; also on the compiler's include path, for includes by
// macro and __has_include.
std::vector<std::filesystem::path> user_include_folders(const std::vector<std::filesystem::path>& include_paths);

// A header of the user's, for `#include "name"` in a file of folder `beside`; empty when there is none.
std::filesystem::path find_user_header(const std::string& name, bool quoted, const std::filesystem::path& beside,
                                       const std::vector<std::filesystem::path>& folders);

// If the name is one of our headers by its path in a tt-metal checkout ("tt_metal/hw/inc/api/..."): its name with us.
std::optional<std::string> own_header_name(const std::string& name);

// Changes whenever a path may be found elsewhere than before: roots, environment, current folder.
uint64_t search_state();

}  // namespace tw::jit
