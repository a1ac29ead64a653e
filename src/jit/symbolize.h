// From a program counter inside a loaded kernel to the kernel's source.
#pragma once

#include <string>

namespace tw::jit {

// "kernels/reader.cpp:41" where line info and a symbolizer are there, else "function+0x12 in object", else "".
std::string symbolize(const void* pc);

}  // namespace tw::jit
