// How messages name a kernel of a program.
#pragma once

#include "program/descriptors.h"

#include <string>

namespace tw {

// The path as it was written. Of a text its place among the program's kernels, its role and the first line that says more
// than others do: Kernel_Source_Code[1] (writer, 'constexpr uint32_t out = 16;').
std::string kernel_name(const ProgramDescriptor&, const KernelDescriptor&);

}  // namespace tw
