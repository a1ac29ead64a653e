// The C++ compiler that builds kernels on this machine: which one, and why that one.
//
// Kernels are written for a recent g++ with C++20: g++ 12 and clang 16 reject some of what real kernels contain (for
// example a static_assert(false) in a template that is never instantiated, docs/upstream-api.md K0). So the order is:
// TILEWRIGHT_CXX; the newest clang from 17 on (it starts faster than g++ and its precompiled headers load lazily); the
// newest g++ from 13 on; the newest older one, with a note; and last zig's clang, which comes from PyPI and needs nothing
// installed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tw::jit {

enum class CompilerKind : uint8_t { Clang, Gcc, Zig };

struct Toolchain {
    CompilerKind kind = CompilerKind::Clang;
    std::vector<std::string> compile;  // the command and its fixed first arguments
    std::vector<std::string> link;     // an ELF linker, or empty: then the compiler's driver links
    int major = 0;
    std::string version;   // first line of --version
    std::string identity;  // changes when the compiler does; part of every cache key
    std::string note;      // what it cannot compile, or empty
};

// Found once and kept for as long as TILEWRIGHT_CXX and PATH stay the same. Raises Environment[no-compiler].
const Toolchain& toolchain();

// What toolchain() takes, what else is there, and what was looked at: for `tilewright doctor`. Never raises.
std::string describe_toolchain();

}  // namespace tw::jit
