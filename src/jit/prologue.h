// The text of a kernel's translation unit: what the build knows of this kernel, the kernel, and its entry.
#pragma once

#include "jit/kernel_request.h"
#include "jit/source_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::jit {

enum class ProcessorClass : uint8_t { DataMovement, Unpack, Math, Pack };
ProcessorClass class_of(Processor);
std::string_view class_name(ProcessorClass);  // "dm", "unpack", ..
std::string_view processor_name(Processor);   // "BRISC", "TRISC1 (math)", .. as messages name it; ends in a zero

// -D options that the precompiled header of a class is built with; every kernel of that class sees them.
std::vector<std::string> class_defines(ProcessorClass, Arch);

// Our header that is precompiled for a class.
std::string_view prelude_header(ProcessorClass);

// Everything behind the precompiled header. Raises CompileError[no-kernel-main] when the source has no entry.
std::string translation_unit(const KernelRequest&, const SourceTree&);

}  // namespace tw::jit
