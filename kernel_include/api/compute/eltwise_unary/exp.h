// exp(x), or exp(scale * x) with a bf16 scale.
#pragma once

#include "tw/abi_sfpi.h"
#include "tw/sfpu_call.h"

namespace ckernel {

enum class InputClamping : uint8_t { None = 0, ClampToNegative = 1 };

namespace detail {

// The template arguments of exp_tile, in the order of its declaration; iterations are the only number among them.
template <auto... Options>
struct ExpOptions {
    bool approximate = false, scaled = false;
    uint32_t steps = 8;

    constexpr ExpOptions() {
        int flags = 0;
        (
            [&] {
                using T = decltype(Options);
                if constexpr (__is_same(T, bool)) {
                    flags++;
                    if (flags == 1) approximate = Options;
                    if (flags == 2) scaled = Options;
                } else if constexpr (__is_same(T, int)) {
                    steps = Options;
                }
            }(),
            ...);
    }
};

template <auto... Options>
constexpr bool exp_is_approximate() {
    return ExpOptions<Options...>().approximate;
}

// Without a vector mode the steps, eight to a face, run on through the faces.
constexpr uint32_t exp_mode(uint32_t mode, uint32_t steps) {
    constexpr uint32_t none = static_cast<uint32_t>(VectorMode::None);
    if (mode != none) return mode;
    return static_cast<uint32_t>(steps >= 32 ? VectorMode::RC : steps >= 16 ? VectorMode::R : VectorMode::None);
}

// The approximation multiplies by what its init was given, the accurate function by its argument if told to.
template <auto... Options>
ALWI void exp_init() {
    uint32_t scale = 0;
    bool approximate = false, first = true;
    (
        [&] {
            using T = decltype(Options);
            if constexpr (__is_same(T, bool)) {
                if (first) approximate = Options;
                first = false;
            } else if constexpr (__is_same(T, uint32_t) || __is_same(T, int)) {
                scale = static_cast<uint32_t>(Options);
            }
        }(),
        ...);
    if (approximate) tw_sfpu_unit_of(tw_self())->exp_scale = scale;
}
template <auto... Options>
ALWI void exp(uint32_t idst, uint32_t mode, uint16_t scale_bf16, const tw_site* site) {
    constexpr ExpOptions<Options...> options;
    uint32_t scale = options.scaled ? uint32_t(scale_bf16) << 16 : 0x3F800000u;
    if constexpr (options.approximate) {
        const uint32_t given = tw_sfpu_unit_of(tw_self())->exp_scale;
        if (given != 0 && given != 0x3F800000u) scale = given;
    }
    tw_sfpu(tw_self(), TW_SFPU_exp, exp_mode(mode, options.steps), idst, scale, 0, 0, site);
}

}  // namespace detail

// Template arguments: approx, the scale of the approximation as bits, ...
template <auto... TwOptions>
ALWI void exp_tile_init(TW_WHERE) {
    TW_CONFIG(exp_tile_init, detail::exp_is_approximate<TwOptions...>());
    MATH((detail::exp_init<TwOptions...>()));
}
template <auto... TwOptions>
ALWI void exp_packthread_tile_init(TW_WHERE) {
    TW_CONFIG(exp_packthread_tile_init, detail::exp_is_approximate<TwOptions...>());
    PACK((detail::exp_init<TwOptions...>()));
}

// Template arguments: approx, scale_en, clamping, iterations, ...
template <auto... TwOptions>
ALWI void exp_tile(uint32_t idst, tw::VectorModeArg vector_mode = {}, uint16_t scale = p_sfpu::kCONST_1_FP16B, TW_WHERE) {
    TW_CONFIG(exp_tile, detail::exp_is_approximate<TwOptions...>());
    MATH((detail::exp<TwOptions...>(idst, vector_mode.value, scale, TW_SITE)));
}
template <auto... TwOptions>
ALWI void exp_packthread_tile(uint32_t idst, tw::VectorModeArg vector_mode = {}, uint16_t scale = p_sfpu::kCONST_1_FP16B,
                              TW_WHERE) {
    TW_CONFIG(exp_packthread_tile, detail::exp_is_approximate<TwOptions...>());
    PACK((detail::exp<TwOptions...>(idst, vector_mode.value, scale, TW_SITE)));
}

}  // namespace ckernel
