// A tile program as three kernels in C++, and what their host must give them.
#pragma once

#include "tileir/program.h"
#include "tileir/project.h"

#include <array>
#include <string>
#include <vector>

namespace tw::tileir {

struct KernelText {
    std::string source;
    // Compile-time args in their order: sizes by name; behind them the TensorAccessorArgs of `tensors`.
    std::vector<std::string> constants;
    std::vector<std::string> tensors;
    // Runtime args in their order: "address x" of each tensor, "first" and "count" of the core's units, sizes and params.
    // A param is passed as the bits of a float.
    std::vector<std::string> arguments;
};

// The numbers of a program's circular buffers: 0 on for what is read from tensors, 8 on for what the reader makes, 16 on
// for what is written to tensors, 24 on for what lies between (docs/builder.md); the next free one where a group is full.
std::vector<int> numbers_of_cbs(const Program&);

// By Kernel. Raises std::invalid_argument for what the device has no call
// for.
std::array<KernelText, 3> kernels_of(const Program&);

}  // namespace tw::tileir
