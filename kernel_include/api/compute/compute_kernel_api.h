// The functions of the vector unit that have no header of their own.
#pragma once

#include "tw/sfpu_call.h"
#include "api/compute/common.h"

namespace ckernel {

TW_SFPU_INIT(sigmoid_tile_init)
TW_SFPU_INIT(sigmoid_tile_init_pack)
TW_SFPU_TILE_MODE_OPTION(MATH, sigmoid_tile, sigmoid)
TW_SFPU_TILE_MODE_OPTION(PACK, sigmoid_tile_pack, sigmoid)
TW_SFPU_INIT(silu_tile_init)
TW_SFPU_TILE(silu_tile, silu)
TW_SFPU_INIT(silu_tile_init_pack)
TW_SFPU_TILE_PACK(silu_tile_pack, silu)
TW_SFPU_INIT(tanh_tile_init)
TW_SFPU_TILE(tanh_tile, tanh)
TW_SFPU_INIT(tanh_tile_init_pack)
TW_SFPU_TILE_PACK(tanh_tile_pack, tanh)
TW_SFPU_INIT(square_tile_init)
TW_SFPU_TILE(square_tile, square)
TW_SFPU_INIT(log_tile_init)
TW_SFPU_TILE(log_tile, log)
TW_SFPU_INIT(log_with_base_tile_init)
TW_SFPU_TILE1(log_with_base_tile, log_with_base)
TW_SFPU_INIT(abs_tile_init)
TW_SFPU_TILE(abs_tile, abs)
TW_SFPU_TILE(abs_tile_int32, abs_int)
TW_SFPU_INIT(sign_tile_init)
TW_SFPU_TILE(sign_tile, sign)
TW_SFPU_INIT(signbit_tile_init)
TW_SFPU_TILE(signbit_tile, signbit)
TW_SFPU_INIT(signbit_tile_int32_init)
TW_SFPU_TILE(signbit_tile_int32, signbit_int)
TW_SFPU_INIT(power_tile_init)
TW_SFPU_TILE1(power_tile, power)
TW_SFPU_INIT(power_iterative_tile_init)
TW_SFPU_TILE1(power_iterative_tile, power_iterative)
TW_SFPU_INIT(exp2_tile_init)
TW_SFPU_TILE(exp2_tile, exp2)
TW_SFPU_INIT(expm1_tile_init)
TW_SFPU_TILE(expm1_tile, expm1)
TW_SFPU_INIT(heaviside_tile_init)
TW_SFPU_TILE1(heaviside_tile, heaviside)
TW_SFPU_INIT(unary_max_tile_init)
TW_SFPU_TILE1(unary_max_tile, max_scalar)
TW_SFPU_INIT(unary_max_int32_tile_init)
TW_SFPU_TILE1(unary_max_int32_tile, max_int_scalar)
TW_SFPU_INIT(unary_max_uint32_tile_init)
TW_SFPU_TILE1(unary_max_uint32_tile, max_uint_scalar)
TW_SFPU_INIT(unary_min_tile_init)
TW_SFPU_TILE1(unary_min_tile, min_scalar)
TW_SFPU_INIT(unary_min_int32_tile_init)
TW_SFPU_TILE1(unary_min_int32_tile, min_int_scalar)
TW_SFPU_INIT(unary_min_uint32_tile_init)
TW_SFPU_TILE1(unary_min_uint32_tile, min_uint_scalar)

TW_SFPU_INIT(alt_complex_rotate90_tile_init)
TW_SFPU_TILE(alt_complex_rotate90_tile, rotate90)

// Reduces DST tile idst: columns into row 0, or rows into column 0; these also over a block of ct_dim by rt_dim tiles, each
// row's result in the first tile of its row. AVG divides by the number of elements.
template <PoolType pool_type, DataFormat format, auto... TwOptions>
ALWI void sfpu_reduce_init(TW_WHERE) {
    TW_CONFIG(sfpu_reduce_init);
}

namespace detail {

constexpr uint32_t sfpu_reduce_function(PoolType pool, DataFormat format) {
    if (!tw::is_integer_format(format)) {
        return pool == PoolType::MAX ? TW_SFPU_reduce_max : pool == PoolType::MIN ? TW_SFPU_reduce_min : TW_SFPU_reduce_sum;
    }
    const bool is_signed = format == DataFormat::Int32;
    if (pool == PoolType::MAX) return is_signed ? TW_SFPU_reduce_max_int : TW_SFPU_reduce_max_uint;
    if (pool == PoolType::MIN) return is_signed ? TW_SFPU_reduce_min_int : TW_SFPU_reduce_min_uint;
    return TW_SFPU_reduce_sum_int;
}
// What puts the results of two tiles together.
constexpr uint32_t sfpu_combine_function(PoolType pool, DataFormat format) {
    const bool is_integer = tw::is_integer_format(format), is_signed = format == DataFormat::Int32;
    if (pool == PoolType::MAX) return !is_integer ? TW_SFPU_max : is_signed ? TW_SFPU_max_int : TW_SFPU_max_uint;
    if (pool == PoolType::MIN) return !is_integer ? TW_SFPU_min : is_signed ? TW_SFPU_min_int : TW_SFPU_min_uint;
    return is_integer ? TW_SFPU_add_int : TW_SFPU_add;
}

}  // namespace detail

constexpr bool sfpu_reduce_format_supported(DataFormat f) {
    return f == DataFormat::Float32 || f == DataFormat::Int32 || f == DataFormat::UInt32 || f == DataFormat::UInt16 ||
           f == DataFormat::Float16_b;
}

template <PoolType pool_type, DataFormat format, ReduceDim reduce_dim = ReduceDim::REDUCE_COL, auto... TwOptions>
ALWI void sfpu_reduce(uint32_t idst, uint32_t ct_dim = 1, uint32_t rt_dim = 1, TW_WHERE) {
    TW_CONFIG(sfpu_reduce);
    static_assert(sfpu_reduce_format_supported(format), "sfpu_reduce takes Float32, Float16_b, Int32, UInt32, UInt16");
    static_assert(reduce_dim != ReduceDim::REDUCE_SCALAR, "sfpu_reduce reduces rows or columns, not whole tiles");
    constexpr uint32_t function = detail::sfpu_reduce_function(pool_type, format);
    constexpr uint32_t combine = detail::sfpu_combine_function(pool_type, format);
    constexpr bool average = pool_type == PoolType::AVG;
    // An integer average is cut toward zero: 1 for signed numbers, 2 for others.
    constexpr uint32_t integer_average =
        average && tw::is_integer_format(format) ? (format == DataFormat::Int32 ? 1 : 2) : 0;
    const bool is_block = reduce_dim == ReduceDim::REDUCE_ROW && ct_dim > 1;
    const uint32_t factor = std::bit_cast<uint32_t>(average && !is_block ? 1.0f / 32 : 1.0f);
    const uint32_t rows = reduce_dim == ReduceDim::REDUCE_ROW ? rt_dim : 1;
    for (uint32_t row = 0; row < rows; ++row) {
        const uint32_t first = idst + row * (is_block ? ct_dim : 1);
        for (uint32_t i = 0; i < (is_block ? ct_dim : 1); ++i) {
            MATH((tw_sfpu(tw_self(), function, 4, first + i, static_cast<uint32_t>(reduce_dim), factor, integer_average,
                          TW_SITE)));
            if (i > 0) MATH((tw_sfpu_binary(tw_self(), combine, first, first + i, first, 0xffffffffu, 0, TW_SITE)));
        }
        if (average && is_block) {
            const uint32_t share = std::bit_cast<uint32_t>(1.0f / (32.0f * static_cast<float>(ct_dim)));
            MATH((tw_sfpu(tw_self(), TW_SFPU_mul_scalar, 4, first, share, 0, 0, TW_SITE)));
        }
    }
}

TW_SFPU_INIT(tiled_prod_tile_init)
TW_SFPU_TILE(tiled_prod_tile, lane_products)

// Rows 0 to 3 of two tiles.
TW_SFPU_INIT(sfpu_add_top_row_init)
template <DataFormat format>
ALWI void sfpu_add_top_row(uint32_t dst_tile_0, uint32_t dst_tile_1, uint32_t dst_tile_out, TW_WHERE) {
    TW_CONFIG(sfpu_add_top_row);
    constexpr uint32_t op = tw::is_integer_format(format) ? TW_SFPU_add_top_rows_int : TW_SFPU_add_top_rows;
    MATH((tw_sfpu_binary(tw_self(), op, dst_tile_0, dst_tile_1, dst_tile_out, 0, 0, TW_SITE)));
}

// The largest of each column of DST[idst] into its row 0, and its index out of DST[idst_idx] likewise. With accumulate, the
// result over chunks is kept in the tiles after these two.
template <auto... TwOptions>
ALWI void max_reduce_with_indices_init(TW_WHERE) {
    TW_CONFIG(max_reduce_with_indices_init);
}
template <int num_rows = 9, DataLayout layout = DataLayout::TILE, bool accumulate = false, auto... TwOptions>
ALWI void max_reduce_with_indices(uint32_t idst, uint32_t idst_idx, uint32_t chunk = 0, TW_WHERE) {
    TW_CONFIG(max_reduce_with_indices);
    static_assert(num_rows <= 32, "num_rows must be <= 32");
    static_assert(num_rows <= 9 || layout == DataLayout::ROW_MAJOR, "more than 9 rows only in DataLayout::ROW_MAJOR");
    MATH((tw_sfpu_pair(tw_self(), TW_SFPU_max_with_indices, idst, idst_idx, accumulate ? 2 : 1, num_rows <= 9 ? 9 : 32,
                       layout == DataLayout::ROW_MAJOR, accumulate && num_rows > 9 ? (chunk > 0 ? 2 : 1) : 0, TW_SITE)));
}

// For debuggers of the chip.
ALWI void dbg_halt() {}
ALWI void dbg_unhalt() {}
TW_REFUSED(dbg_read_dest_acc_row)
TW_REFUSED(get_compute_special_value_flags)
TW_REFUSED(get_compute_special_value_flags_fpu)
TW_REFUSED(get_compute_special_value_flags_sfpu)
TW_REFUSED(clear_compute_special_value_flags)

}  // namespace ckernel
