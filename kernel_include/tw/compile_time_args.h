// Compile-time arguments. They belong to one kernel, these headers to all: so every access is a template over the defaulted
// D and finds its values in KernelConfig<0> when the kernel instantiates it (tw/kernel_config.h).
#pragma once

#include "tw/attributes.h"
#include "tw/kernel_config.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

template <uint32_t Idx, int D = 0>
constexpr uint32_t get_ct_arg() {
    static_assert(Idx < tw::KernelConfig<D>::compile_time_args.size(),
                  "the kernel has no compile-time argument of this index");
    return tw::KernelConfig<D>::compile_time_args[Idx];
}

#define get_compile_time_arg_val(arg_idx) get_ct_arg<arg_idx>()

namespace tw {

// Not constexpr on purpose: reaching it in a constant expression is the compile error, and the message quotes the name.
[[noreturn]] inline void there_is_no_named_compile_time_argument(std::string_view) {
    __builtin_trap();
}

}  // namespace tw

template <int D = 0>
consteval uint32_t get_named_ct_arg(std::string_view name) {
    for (const tw::NamedArg& arg : tw::KernelConfig<D>::named_args) {
        if (arg.name == name) return arg.value;
    }
    tw::there_is_no_named_compile_time_argument(name);
}

template <int D = 0>
consteval uint32_t get_named_compile_time_arg_val(std::string_view name) {
    return get_named_ct_arg<D>(name);
}
