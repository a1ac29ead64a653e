#include "builder/spec/reserved_names.h"

#include <algorithm>
#include <array>

namespace tw::builder {

namespace {

// clang-format off
constexpr auto kPython = std::to_array<std::string_view>({
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
});

constexpr auto kCpp = std::to_array<std::string_view>({
    "auto", "bool", "case", "catch", "char", "const", "constexpr", "default", "delete", "do", "double", "enum",
    "explicit", "export", "extern", "float", "friend", "goto", "inline", "int", "long", "mutable", "namespace",
    "new", "noexcept", "operator", "private", "protected", "public", "register", "short", "signed", "sizeof",
    "static", "struct", "switch", "template", "this", "throw", "typedef", "typename", "union", "unsigned", "using",
    "virtual", "void", "volatile",
});

// Locals, functions and modules of the templates.
constexpr auto kEmitted = std::to_array<std::string_view>({
    "ttnn", "torch", "pytest", "device", "output", "memory_config", "compute_kernel_config", "kernels", "cbs",
    "core", "cores", "grid_size", "num_cores", "all_cores", "start", "units", "self", "len", "list", "range", "math",
    "expected", "actual", "dtype", "shape", "validate", "create_program_descriptor", "Path", "KERNEL_DIR", "args",
    "noc", "left", "right", "work", "stubs", "supported", "bits", "result", "message", "core_group_1",
    "core_group_2", "units_per_core_1", "units_per_core_2", "num_units", "torch_output", "axis", "axes", "given",
    "cell", "inputs", "run", "make_inputs", "to_device", "pytorch_reference", "float_bits", "axis_of",
    "shard_height", "shard", "shard_width", "available_cores", "program_descriptor", "opt", "dataflow", "compute",
    "reader", "writer", "min", "max", "sum", "abs", "round", "pow", "sorted", "print", "bool", "tuple", "dict", "any", "all",
    "kept", "share", "tensor", "tensors",
});
// clang-format on

}  // namespace

bool is_reserved_name(std::string_view name) {
    const auto among = [&](const auto& list) { return std::find(list.begin(), list.end(), name) != list.end(); };
    return among(kPython) || among(kCpp) || among(kEmitted);
}

}  // namespace tw::builder
