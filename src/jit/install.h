// Where this library lives, and with it the headers that kernels include: <folder of libtilewright.so>/kernel_include.
#pragma once

#include <filesystem>
#include <string>

namespace tw::jit {

// The folder of the library this code is in.
const std::filesystem::path& install_root();

// The library's file when it is one, else empty: in a statically linked program kernels bind to the program itself.
const std::filesystem::path& library_file();

// TILEWRIGHT_KERNEL_INCLUDE, else install_root()/kernel_include. Raises Environment[no-kernel-headers].
const std::filesystem::path& kernel_include();

// Do we provide a header of this include name?
bool is_own_header(const std::string& name);

// Hash of all files there, by content: a reinstalled package of the same version finds its old cache.
const std::string& kernel_include_hash();

// Are they still what they were when this process first hashed them?
bool kernel_include_unchanged();

}  // namespace tw::jit
