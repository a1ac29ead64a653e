// What we need to know of ELF: which variables of a kernel are its own mutable state, where it calls a function, and a way
// to have its constructors run when the kernel starts instead of when it is loaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw::jit {

// The variables in .data and .bss, by the object's symbol table: address, relative to where it is loaded, and size. Not the
// sections whole: g++ keeps the constants behind std::source_location in .data too, and they would cost a swap in every
// kernel.
std::vector<std::pair<uint64_t, uint64_t>> mutable_variables(std::string_view file);

// Constructors of a kernel's globals may call the kernel API, and every core has globals of its own. So they must not run
// in dlopen(), where there is no core, but on each core at the start of the kernel. Renames the section that the loader
// would run, in a relocatable object, to kConstructorSection; the kernel's entry runs it (jit/prologue.cpp). True if there
// was one.
inline constexpr std::string_view kConstructorSection = "tw_init_arr";  // as long as ".init_array"
bool defer_constructors(std::string& object);

// Functions that the loader would run when the process ends, on a thread that is no core: destructors never run, as on the
// chip. True if there were some.
bool drop_destructors(std::string& object);

// Where the code of an object that was linked with --emit-relocs names a symbol: addresses of the operands, relative to
// where it is loaded.
std::vector<uint64_t> references(std::string_view file, std::string_view symbol);

}  // namespace tw::jit
