// Compile-time arguments. They belong to one kernel, these headers to all: so every access is a template over the defaulted
// D and finds its values in KernelConfig<0> when the kernel instantiates it (tw/kernel_config.h).
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"
#include "tw/kernel_config.h"
#include "tw/site.h"

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

// A name that the descriptor does not give, used where no constant is needed. Reads 0 with a warning: real programs build
// one source for cores of several roles and give each role only the names that it needs.
extern "C" uint32_t tw_missing_named_arg(tw_ctx*, const char* name, uint32_t length, const tw_site*);

namespace tw {

// Not constexpr on purpose: reaching it in a constant expression is the compile error, and the message quotes the name.
[[noreturn]] inline void there_is_no_named_compile_time_argument(std::string_view) {
    __builtin_trap();
}

// A name that was looked up while the call was compiled, also when its value is then used at run time.
class ArgName {
public:
    template <class Text, int D = 0>
    consteval ArgName(const Text& text) : name(text) {
        for (const NamedArg& arg : KernelConfig<D>::named_args) {
            if (arg.name != name) continue;
            value = arg.value;
            found = true;
            return;
        }
    }
    std::string_view name;
    uint32_t value = 0;
    bool found = false;
};

}  // namespace tw

constexpr uint32_t get_named_ct_arg(tw::ArgName arg, TW_WHERE) {
    if (arg.found) return arg.value;
    if (__builtin_is_constant_evaluated()) tw::there_is_no_named_compile_time_argument(arg.name);
    return tw_missing_named_arg(tw_self(), arg.name.data(), static_cast<uint32_t>(arg.name.size()), TW_SITE);
}

constexpr uint32_t get_named_compile_time_arg_val(tw::ArgName arg, TW_WHERE) {
    return get_named_ct_arg(arg, tw_where);
}
