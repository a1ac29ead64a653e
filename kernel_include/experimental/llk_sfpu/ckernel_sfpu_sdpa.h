// Attention's vector functions on the first column of a tile, as the wheel's attention kernels run them.
//
// Each call covers the even columns of 8 rows in four steps of two: those 8 columns hold the first, which alone counts.
#pragma once

#include "api/compute/eltwise_unary/binop_with_scalar.h"
#include "tw/llk_calls.h"
#include "tw/sfpi/calls.h"

namespace ckernel::sfpu {

namespace sdpa_ {

constexpr int kSteps = 4;  // half a face: every second vector

// e^x to 2 ULP: by 2^k with the rest in a polynomial. Below 2^-126 it is 0.
sfpi_inline sfpi::vFloat exp(const sfpi::vFloat& v) {
    return sfpi::vFloat(tw::lanes::map_float(v.lanes, [](auto x) __attribute__((always_inline)) {
        constexpr float magic = 12582912.0f;
        const auto low = x < -87.336544f, high = x > 88.72283f;
        const tw::lanes::Floats zero{};
        auto c = low || high ? zero : x;
        const auto k = (c * 1.44269504f + magic) - magic;
        const auto r = (c - k * 0.693359375f) - k * -2.12194440e-4f;
        auto p = r * 1.9875691500e-4f + 1.3981999507e-3f;
        p = p * r + 8.3334519073e-3f;
        p = p * r + 4.1665795894e-2f;
        p = p * r + 1.6666665459e-1f;
        p = p * r + 5.0000001201e-1f;
        p = p * r * r + r + 1.0f;
        // 2^k in two factors, since k reaches 128.
        const auto n = __builtin_convertvector(k, tw::lanes::Signed);
        const auto half = n >> 1;
        p = p * (tw::lanes::Floats)((half + 127) << 23) * (tw::lanes::Floats)((n - half + 127) << 23);
        p = low ? zero : p;
        return high ? x * 0x1p127f : p;
    }));
}
// x times a bf16 scale, rounded to the width of DST.
template <bool is_fp32>
sfpi_inline sfpi::vFloat scaled_exp(const sfpi::vFloat& v, uint32_t scale_bf16) {
    sfpi::vFloat y = exp(v * __builtin_bit_cast(float, scale_bf16 << 16));
    if constexpr (!is_fp32) y = sfpi::convert<sfpi::vFloat16b>(y);
    return y;
}
// log(1 + t) for t in [0, 1].
sfpi_inline sfpi::vFloat log1p(const sfpi::vFloat& v) {
    return sfpi::vFloat(tw::lanes::map_float(v.lanes, [](auto t) __attribute__((always_inline)) {
        // 2 atanh(t / (2 + t)), whose argument is at most 1/3.
        const auto s = t / (t + 2.0f);
        const auto q = s * s;
        auto p = q * (1.0f / 15) + 1.0f / 13;
        p = p * q + 1.0f / 11;
        p = p * q + 1.0f / 9;
        p = p * q + 1.0f / 7;
        p = p * q + 1.0f / 5;
        p = p * q + 1.0f / 3;
        return 2.0f * (s + s * q * p);
    }));
}

}  // namespace sdpa_

template <bool = false>
ALWI void sfpu_reciprocal_init() {}

template <bool is_fp32>
ALWI void calculate_recip_first_column() {
    for (int step = 0; step < sdpa_::kSteps; ++step) {
        sfpi::vFloat y = sfpi::approx_recip(sfpi::dst_reg[0]);
        if constexpr (!is_fp32) y = sfpi::convert<sfpi::vFloat16b>(y);
        sfpi::dst_reg[0] = y;
        sfpi::dst_reg += 2;
    }
}

// exp(scale * x); the approximation asked for is not made.
template <bool approx, uint16_t scale_bf16, bool is_fp32>
ALWI void calculate_exponential_first_column() {
    for (int step = 0; step < sdpa_::kSteps; ++step) {
        sfpi::dst_reg[0] = sdpa_::scaled_exp<is_fp32>(sfpi::dst_reg[0], scale_bf16);
        sfpi::dst_reg += 2;
    }
}

// Merges two partial softmaxes. In: the maxima in tiles 0 and 1, the sums in tile 3 and in tile 4 (2 when `four_tiles`).
// Out: the factors of the two in tiles 0 and 1, the common maximum in tile 2, the sum in tile 3.
template <bool is_fp32, bool four_tiles = false>
ALWI void calculate_fused_max_sub_exp_add_tile(int scale_bf16) {
    static_assert(!four_tiles || is_fp32, "four tiles are for 32-bit DST");
    constexpr int tile = 32, other_sum = four_tiles ? 2 * tile : 4 * tile;
    for (int step = 0; step < sdpa_::kSteps; ++step) {
        const sfpi::vFloat a = sfpi::dst_reg[0], b = sfpi::dst_reg[tile];
        sfpi::vFloat sum_b = sfpi::dst_reg[other_sum];
        sfpi::vFloat both = a;
        v_if(a < b) {
            both = b;
        }
        v_endif;
        sfpi::dst_reg[2 * tile] = both;
        const sfpi::vFloat of_a = sdpa_::scaled_exp<is_fp32>(a - both, scale_bf16);
        const sfpi::vFloat of_b = sdpa_::scaled_exp<is_fp32>(b - both, scale_bf16);
        sfpi::dst_reg[0] = of_a;
        sfpi::dst_reg[tile] = of_b;
        sum_b = of_b * sum_b;
        if constexpr (!four_tiles) {
            sfpi::dst_reg[other_sum] = sum_b;  // rounds in 16-bit DST
            sum_b = sfpi::dst_reg[other_sum];
        }
        sfpi::dst_reg[3 * tile] = of_a * static_cast<sfpi::vFloat>(sfpi::dst_reg[3 * tile]);
        const sfpi::vFloat sum_a = sfpi::dst_reg[3 * tile];
        sfpi::dst_reg[3 * tile] = sum_a + sum_b;
        sfpi::dst_reg += 2;
    }
}

// log(1 + exp(beta * x)) / beta; x itself where beta * x is over the threshold.
template <bool is_fp32>
ALWI void calculate_softplus_first_column(uint32_t beta, uint32_t beta_reciprocal, uint32_t threshold) {
    const float b = __builtin_bit_cast(float, beta), inverse = __builtin_bit_cast(float, beta_reciprocal);
    for (int step = 0; step < sdpa_::kSteps; ++step) {
        const sfpi::vFloat x = sfpi::dst_reg[0];
        const sfpi::vFloat t = x * b;
        sfpi::vFloat y = sdpa_::log1p(sdpa_::exp(-sfpi::abs(t)));
        v_if(t > 0.0f) {
            y = y + t;
        }
        v_endif;
        y = y * inverse;
        v_if(t > __builtin_bit_cast(float, threshold)) {
            y = x;
        }
        v_endif;
        if constexpr (!is_fp32) y = sfpi::convert<sfpi::vFloat16b>(y);
        sfpi::dst_reg[0] = y;
        sfpi::dst_reg += 2;
    }
}

// x and a scalar: ADD_UNARY and the like.
template <bool approx, int mode, int steps, bool is_fp32>
ALWI void calculate_binop_with_scalar(uint32_t scalar) {
    const float b = __builtin_bit_cast(float, scalar);
    for (int step = 0; step < steps; ++step) {
        sfpi::vFloat y = sfpi::dst_reg[0];
        if constexpr (mode == ADD_UNARY) y = y + b;
        if constexpr (mode == SUB_UNARY) y = y - b;
        if constexpr (mode == MUL_UNARY || mode == DIV_UNARY) y = y * b;  // DIV: the reciprocal is given
        if constexpr (mode == RSUB_UNARY) y = b - y;
        if constexpr (!is_fp32) y = sfpi::convert<sfpi::vFloat16b>(y);
        sfpi::dst_reg[0] = y;
        sfpi::dst_reg++;
    }
}

}  // namespace ckernel::sfpu
