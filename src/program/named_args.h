// Kernel arguments by name (the `blaze_named_*` fields of KernelDescriptor, docs/upstream-api.md H8.2): runtime values of
// the whole kernel or of each core, single ones and arrays, and constants. They are placed behind the positional arguments;
// what kernels see of them are declarations in front of their text, in the namespaces that dots in the names make.
#pragma once

#include "device/core_coord.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tw {

struct ProgramDescriptor;

struct NamedKernelArgs {
    using Constants = std::vector<std::pair<std::string, uint32_t>>;
    using Common = std::vector<std::pair<std::string, std::vector<uint32_t>>>;
    using PerCore = std::vector<std::pair<std::string, std::vector<std::pair<CoreCoord, std::vector<uint32_t>>>>>;

    Constants constants;
    Common common, common_arrays;  // single values are arrays of one
    PerCore per_core, per_core_arrays;

    bool empty() const {
        return constants.empty() && common.empty() && common_arrays.empty() && per_core.empty() && per_core_arrays.empty();
    }
};

// Letters, digits and underscores, in parts that dots separate.
bool is_scoped_name(std::string_view);

bool has_named_args(const ProgramDescriptor&);
// The program with all of them placed, and the declarations in KernelDescriptor::declarations.
ProgramDescriptor with_named_args_placed(const ProgramDescriptor&);

}  // namespace tw
