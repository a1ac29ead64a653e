#include "program/named_args.h"

#include "base/error.h"
#include "program/descriptors.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace tw {
namespace {

class Placement {
public:
    explicit Placement(KernelDescriptor& kernel) : kernel_(kernel), named_(kernel.named) {}

    void run() {
        for (const auto& [name, value] : kernel_.named_compile_time_args) constant(name, value);
        for (const auto& [name, value] : named_.constants) constant(name, value);
        for (const auto& [name, values] : named_.common) common(name, values, false);
        for (const auto& [name, values] : named_.common_arrays) common(name, values, true);
        for (const auto& [core, args] : kernel_.runtime_args)
            positional_ = std::max(positional_, static_cast<uint32_t>(args.size()));
        for (const auto& [name, values] : named_.per_core) per_core(name, values, false);
        for (const auto& [name, values] : named_.per_core_arrays) per_core(name, values, true);
        kernel_.declarations = "#include \"experimental/blaze_rt_arg.h\"\n" + text_;
        kernel_.named = {};
    }

private:
    Details where() const { return {.at = {fmt::format("kernel {}", kernel_.display_name())}}; }

    void declare(const std::string& name, const std::string& declaration) {
        if (!is_scoped_name(name))
            raise_host("named-arg", fmt::format("Named arg field: '{}' is not a valid C++ identifier", name), where());
        if (!names_.insert(name).second)
            raise_host("named-arg", fmt::format("Named arg '{}' is defined twice", name), where());
        std::string scope = "blaze_ct_args";
        size_t begin = 0;
        for (size_t dot; (dot = name.find('.', begin)) != std::string::npos; begin = dot + 1)
            scope += "::" + name.substr(begin, dot - begin);
        text_ += fmt::format("namespace {} {{ inline constexpr {} }}\n", scope,
                             fmt::format(fmt::runtime(declaration), name.substr(begin)));
    }

    void constant(const std::string& name, uint32_t value) {
        if (names_.count(name) && std::find(known_.begin(), known_.end(), std::pair{name, value}) != known_.end()) return;
        known_.emplace_back(name, value);
        declare(name, fmt::format("uint32_t {{}} = {}u;", value));
    }

    void runtime_value(const std::string& name, uint32_t index, size_t length, bool is_array, const char* dispatch) {
        declare(name, is_array ? fmt::format("blaze_rt_args::ArrayArg {{}}{{{{{}u, {}u, blaze_rt_args::Dispatch::{}}}}};",
                                             index, length, dispatch)
                               : fmt::format("blaze_rt_args::Arg {{}}{{{{{}u, blaze_rt_args::Dispatch::{}}}}};", index,
                                             dispatch));
    }

    void common(const std::string& name, const std::vector<uint32_t>& values, bool is_array) {
        runtime_value(name, static_cast<uint32_t>(kernel_.common_runtime_args.size()), values.size(), is_array, "COMMON");
        kernel_.common_runtime_args.insert(kernel_.common_runtime_args.end(), values.begin(), values.end());
    }

    void per_core(const std::string& name, const std::vector<std::pair<CoreCoord, std::vector<uint32_t>>>& values,
                  bool is_array) {
        size_t length = 0;
        for (const auto& [core, own] : values) length = std::max(length, own.size());
        runtime_value(name, positional_, length, is_array, "PER_CORE");
        for (const auto& [core, own] : values) {
            if (!kernel_.core_ranges.contains(core))
                raise_host(
                    "named-arg",
                    fmt::format("Named arg '{}' has a value for core {}, where the kernel does not run", name, core.str()),
                    where());
            const CoreRuntimeArgs* before = find_runtime_args(kernel_.runtime_args, core);
            CoreRuntimeArgs args = before ? *before : CoreRuntimeArgs();
            args.resize(positional_);
            args.insert(args.end(), own.begin(), own.end());
            args.resize(positional_ + length);
            set_runtime_args(kernel_.runtime_args, core, std::move(args));
        }
        positional_ += static_cast<uint32_t>(length);
        for (auto& [core, args] : kernel_.runtime_args)
            if (args.size() < positional_) args.resize(positional_);  // cores without a value read 0
    }

    KernelDescriptor& kernel_;
    const NamedKernelArgs named_;
    std::set<std::string> names_;
    NamedKernelArgs::Constants known_;
    std::string text_;
    uint32_t positional_ = 0;
};

bool is_named(const KernelDescriptor& kernel) {
    const auto dotted = [](const auto& arg) { return arg.first.find('.') != std::string::npos; };
    if (!kernel.declarations.empty()) return false;  // placed already
    return !kernel.named.empty() ||
           std::any_of(kernel.named_compile_time_args.begin(), kernel.named_compile_time_args.end(), dotted);
}

}  // namespace

bool is_scoped_name(std::string_view name) {
    bool starts = true;
    for (const char c : name) {
        const bool digit = c >= '0' && c <= '9';
        if (c == '.' ? starts
                     : !(digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') || (digit && starts))
            return false;
        starts = c == '.';
    }
    return !starts;
}

bool has_named_args(const ProgramDescriptor& program) {
    return std::any_of(program.kernels.begin(), program.kernels.end(), is_named);
}

ProgramDescriptor with_named_args_placed(const ProgramDescriptor& program) {
    ProgramDescriptor placed = program;
    for (KernelDescriptor& kernel : placed.kernels)
        if (is_named(kernel)) Placement(kernel).run();
    return placed;
}

}  // namespace tw
