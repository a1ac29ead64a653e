// A compiler's output as a diagnostic in terms of the kernel: its file and line, the first message, the chain of the user's
// own includes. What happens inside our headers or the standard library is told by where the kernel called into them.
#pragma once

#include "base/error.h"
#include "jit/kernel_request.h"
#include "jit/source_tree.h"
#include "jit/toolchain.h"

#include <string>
#include <vector>

namespace tw::jit {

// `what` of both is the message without the kernel's name and processors: a kernel that is compiled for several has most
// errors in common, and subject_of() names them all.
Diagnostic explain_compile_error(const SourceTree&, const Toolchain&, const std::string& output, size_t compile_time_args);

// The object was built, but the loader refused it.
Diagnostic explain_load_error(const SourceTree&, const std::string& problem);

// "x_compute.cpp for TRISC0 (unpack) and TRISC2 (pack)"
std::string subject_of(const SourceTree&, const std::vector<Processor>&);

}  // namespace tw::jit
