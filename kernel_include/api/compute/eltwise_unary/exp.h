// exp(x), or exp(scale * x) with a bf16 scale.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

enum class InputClamping : uint8_t { None = 0, ClampToNegative = 1 };

TW_SFPU_INIT(exp_tile_init)
TW_SFPU_INIT(exp_packthread_tile_init)

namespace detail {

constexpr bool second_is_true() {
    return false;
}
template <class A, class B, class... Rest>
constexpr bool second_is_true(A, B b, Rest...) {
    return b == B(1) && __is_same(B, bool);
}
template <class A>
constexpr bool second_is_true(A) {
    return false;
}

}  // namespace detail

// Template arguments: approx, scale_en, ...
template <auto... TwOptions>
ALWI void exp_tile(uint32_t idst, tw::VectorModeArg vector_mode = {}, uint16_t scale = p_sfpu::kCONST_1_FP16B, TW_WHERE) {
    constexpr bool scaled = detail::second_is_true(TwOptions...);
    MATH((tw_sfpu(tw_self(), TW_SFPU_exp, vector_mode.value, idst, scaled ? uint32_t(scale) << 16 : 0x3F800000u, 0, 0,
                  TW_SITE)));
}

template <auto... TwOptions>
ALWI void exp_packthread_tile(uint32_t idst, tw::VectorModeArg vector_mode = {}, uint16_t scale = p_sfpu::kCONST_1_FP16B,
                              TW_WHERE) {
    constexpr bool scaled = detail::second_is_true(TwOptions...);
    PACK((tw_sfpu(tw_self(), TW_SFPU_exp, vector_mode.value, idst, scaled ? uint32_t(scale) << 16 : 0x3F800000u, 0, 0,
                  TW_SITE)));
}

}  // namespace ckernel
