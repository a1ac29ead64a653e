// A compiled kernel in this process: its entry and its mutable static data.
#pragma once

#include "jit/kernel_request.h"

#include <filesystem>
#include <memory>
#include <string>

namespace tw::jit {

// Null, with `problem` set, when the file is no kernel of this version or calls something that the runtime does not have.
std::shared_ptr<KernelImage> load_kernel(const std::filesystem::path& object, std::string& problem);

}  // namespace tw::jit
