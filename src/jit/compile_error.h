// A compiler's output as a diagnostic in terms of the kernel: its file and line, the first message, the chain of the user's
// own includes. What happens inside our headers or the standard library is told by where the kernel called into them.
#pragma once

#include "base/error.h"
#include "jit/kernel_request.h"
#include "jit/source_tree.h"
#include "jit/toolchain.h"

#include <string>

namespace tw::jit {

Diagnostic explain_compile_error(const KernelRequest&, const SourceTree&, const Toolchain&, const std::string& output);

// The object was built, but the loader refused it.
Diagnostic explain_load_error(const KernelRequest&, const SourceTree&, const std::string& problem);

}  // namespace tw::jit
