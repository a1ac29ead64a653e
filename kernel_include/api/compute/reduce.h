// Sums, averages and maxima over rows, columns or whole tiles. Kernels that do not name the kind take it from the host's
// REDUCE_OP and REDUCE_DIM defines, which is why this header is not part of the precompiled one.
#pragma once

#include "tensor_shape.h"
#include "api/compute/common.h"
#include "tw/compute_config.h"

namespace tw {

// The pool and dimension among template arguments of mixed kinds; older kernels put a bool in front.
#if defined(REDUCE_OP) && defined(REDUCE_DIM)
inline constexpr ckernel::PoolType kHostPool = REDUCE_OP;
inline constexpr ckernel::ReduceDim kHostReduceDim = REDUCE_DIM;
#else
inline constexpr ckernel::PoolType kHostPool = ckernel::PoolType::SUM;
inline constexpr ckernel::ReduceDim kHostReduceDim = ckernel::ReduceDim::REDUCE_ROW;
#endif

template <auto... Options>
constexpr ckernel::PoolType pool_among() {
    ckernel::PoolType pool = kHostPool;
    (
        [&] {
            if constexpr (__is_same(decltype(Options), ckernel::PoolType)) pool = Options;
        }(),
        ...);
    return pool;
}
template <auto... Options>
constexpr ckernel::ReduceDim reduce_dim_among() {
    ckernel::ReduceDim dim = kHostReduceDim;
    (
        [&] {
            if constexpr (__is_same(decltype(Options), ckernel::ReduceDim)) dim = Options;
        }(),
        ...);
    return dim;
}
// What the units are told of it: dimension and maximum.
template <auto... Options>
constexpr uint32_t reduce_word() {
    return static_cast<uint32_t>(reduce_dim_among<Options...>()) +
           (pool_among<Options...>() == ckernel::PoolType::MAX ? 8u : 0u);
}
template <int D, auto... Options>
ALWI uint32_t reduce_words(uint32_t cb) {
    return reduce_word<Options...>() | (reduce_word<Options...>() | (cb_word<D>(cb) >> 16 & 0xffu) << 4) << 16;
}
// Sums and averages of rows take the scaler into SrcA and the data into SrcB.
template <auto... Options>
constexpr bool reduce_swaps() {
    return reduce_dim_among<Options...>() == ckernel::ReduceDim::REDUCE_ROW &&
           pool_among<Options...>() != ckernel::PoolType::MAX;
}

}  // namespace tw

namespace ckernel {

template <auto... TwOptions, int D = 0>
ALWI void reduce_init(uint32_t icb, uint32_t icb_scaler, uint32_t ocb = 16, uint32_t call_line = 0, TW_WHERE) {
    static_assert(tw::pool_among<TwOptions...>() != PoolType::MIN, "the matrix unit has no minimum");
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    TW_CONFIG(reduce_init, static_cast<uint32_t>(tw::reduce_dim_among<TwOptions...>()), 0,
              tw::reduce_words<D, TwOptions...>(icb));
    PACK((tw_pack_reduce_mask(tw_self(), static_cast<uint32_t>(tw::reduce_dim_among<TwOptions...>()))));
}

ALWI void reduce_uninit(uint32_t icb = 0, TW_WHERE) {
    TW_CONFIG(reduce_uninit);
    PACK((tw_pack_reduce_mask(tw_self(), TW_REDUCE_NONE)));
}

// Adds (or compares) into DST[idst].
template <auto... TwOptions, int D = 0>
ALWI void reduce_tile(uint32_t icb, uint32_t icb_scaler, uint32_t itile, uint32_t itile_scaler, uint32_t idst, TW_WHERE) {
    static_assert(tw::pool_among<TwOptions...>() != PoolType::MIN, "the matrix unit has no minimum");
    constexpr bool swaps = tw::reduce_swaps<TwOptions...>();
    TW_CONFIG(reduce_tile, tw::cb_word<D>(swaps ? icb_scaler : icb), tw::cb_word<D>(swaps ? icb : icb_scaler),
              tw::reduce_words<D, TwOptions...>(icb));
    UNPACK((tw_unpack_ab(tw_self(), icb, tw::format_at<D>(icb), itile, icb_scaler, tw::format_at<D>(icb_scaler),
                         itile_scaler, TW_BCAST_NONE, 0, TW_SITE)));
    MATH((tw_math_reduce(tw_self(), static_cast<uint32_t>(tw::pool_among<TwOptions...>()),
                         static_cast<uint32_t>(tw::reduce_dim_among<TwOptions...>()), idst, TW_SITE)));
}

template <auto... TwOptions>
ALWI void reduce_block(uint32_t icb, uint32_t icb_scaler, uint32_t start_itile, uint32_t itile_scaler, uint32_t start_idst,
                       uint32_t ntiles, TW_WHERE) {
    for (uint32_t i = 0; i < ntiles; ++i) {
        reduce_tile<TwOptions...>(icb, icb_scaler, start_itile + i, itile_scaler, start_idst + i, tw_where);
    }
}

// The operands were unpacked by another call.
template <auto... TwOptions>
ALWI void reduce_tile_math(uint32_t idst, uint32_t num_faces = 4, TW_WHERE) {
    TW_CONFIG(reduce_tile_math, 0, 0, tw::reduce_word<TwOptions...>());
    MATH((tw_math_reduce(tw_self(), static_cast<uint32_t>(tw::pool_among<TwOptions...>()),
                         static_cast<uint32_t>(tw::reduce_dim_among<TwOptions...>()), idst, TW_SITE)));
}

template <auto... TwOptions>
ALWI void reduce_tile_math(uint32_t idst, const TensorShape&, TW_WHERE) {
    reduce_tile_math<TwOptions...>(idst, 4, tw_where);
}

// Older names.
template <auto... TwOptions>
ALWI void reduce_init_short(uint32_t icb, uint32_t icb_scaler, uint32_t ocb = 16, TW_WHERE) {
    reduce_init<TwOptions...>(icb, icb_scaler, ocb, 0, tw_where);
}
template <auto... TwOptions>
ALWI void reduce_init_delta(uint32_t ocb = 16, uint32_t icb = 0, uint32_t icb_scaler = 1, TW_WHERE) {
    reduce_init<TwOptions...>(icb, icb_scaler, ocb, 0, tw_where);
}
template <auto... TwOptions, int D = 0>
ALWI void reduce_init_delta_no_pack(uint32_t icb = 0, uint32_t icb_scaler = 1, TW_WHERE) {
    TW_CONFIG(reduce_init_no_pack, 0, 0, tw::reduce_words<D, TwOptions...>(icb));
}
template <auto... TwOptions>
ALWI void reduce_revert_delta(uint32_t ocb = 16, TW_WHERE) {
    reduce_uninit(0, tw_where);
}

}  // namespace ckernel
