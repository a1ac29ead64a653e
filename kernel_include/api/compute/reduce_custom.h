// The largest of each row over a block of tiles, into column 0 of one DST tile. Scalers are 1.0.
#pragma once

#include "tw/sfpu_call.h"
#include "api/compute/reduce.h"

namespace ckernel {

template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_init(uint32_t ocb, TW_WHERE) {
    reduce_init<PoolType::MAX, ReduceDim::REDUCE_ROW>(ocb, ocb, ocb, 0, tw_where);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_reinit_short(uint32_t ocb, TW_WHERE) {
    reduce_block_max_row_init<block_ct_dim>(ocb, tw_where);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_reinit_minimal(uint32_t ocb, TW_WHERE) {
    reduce_block_max_row_init<block_ct_dim>(ocb, tw_where);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row(uint32_t icb, uint32_t icb_scaler, uint32_t row_start_index, uint32_t idst, TW_WHERE) {
    for (uint32_t i = 0; i < block_ct_dim; ++i) {
        reduce_tile<PoolType::MAX, ReduceDim::REDUCE_ROW>(icb, icb_scaler, row_start_index + i, 0, idst, tw_where);
    }
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_uninit(uint32_t icb, TW_WHERE) {
    reduce_uninit(icb, tw_where);
}

// The same with a number of tiles that is known at run time, from the init call. What of the work overlaps with the matrix
// unit's (respect_trigger, overlap_first_half) makes no difference to the result.
namespace detail {

inline uint32_t reduce_block_tiles = 1;

}  // namespace detail

template <auto... TwOptions>
ALWI void reduce_block_max_row_init_runtime(uint32_t ocb, uint32_t block_ct_dim, uint32_t icb, uint32_t icb_scaler,
                                            bool respect_trigger = false, uint32_t num_faces = 4, TW_WHERE) {
    detail::reduce_block_tiles = block_ct_dim;
    reduce_init<PoolType::MAX, ReduceDim::REDUCE_ROW>(icb, icb_scaler, ocb, 0, tw_where);
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_reinit_short_runtime(uint32_t ocb, uint32_t block_ct_dim, bool respect_trigger = false,
                                                    uint32_t num_faces = 4, TW_WHERE) {
    reduce_block_max_row_init_runtime(ocb, block_ct_dim, ocb, ocb, false, 4, tw_where);
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_reinit_minimal_runtime(uint32_t ocb, uint32_t block_ct_dim, bool respect_trigger = false,
                                                      uint32_t num_faces = 4, TW_WHERE) {
    reduce_block_max_row_init_runtime(ocb, block_ct_dim, ocb, ocb, false, 4, tw_where);
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_runtime(uint32_t icb, uint32_t icb_scaler, uint32_t row_start_index, uint32_t idst,
                                       bool respect_trigger = false, bool overlap_first_half = false,
                                       uint32_t num_faces = 4, TW_WHERE) {
    for (uint32_t i = 0; i < detail::reduce_block_tiles; ++i) {
        reduce_tile<PoolType::MAX, ReduceDim::REDUCE_ROW>(icb, icb_scaler, row_start_index + i, 0, idst, tw_where);
    }
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_uninit_runtime(uint32_t icb, bool respect_trigger = false, bool overlap_first_half = false,
                                              TW_WHERE) {
    reduce_uninit(icb, tw_where);
}

// The same with the tile's shape in front.
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_init(const TensorShape&, uint32_t ocb, TW_WHERE) {
    reduce_block_max_row_init<block_ct_dim>(ocb, tw_where);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_reinit_short(const TensorShape&, uint32_t ocb, TW_WHERE) {
    reduce_block_max_row_init<block_ct_dim>(ocb, tw_where);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_reinit_minimal(const TensorShape&, uint32_t ocb, TW_WHERE) {
    reduce_block_max_row_init<block_ct_dim>(ocb, tw_where);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row(const TensorShape&, uint32_t icb, uint32_t icb_scaler, uint32_t row_start_index,
                               uint32_t idst, TW_WHERE) {
    reduce_block_max_row<block_ct_dim>(icb, icb_scaler, row_start_index, idst, tw_where);
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_init_runtime(const TensorShape&, uint32_t ocb, uint32_t block_ct_dim, uint32_t icb,
                                            uint32_t icb_scaler, bool respect_trigger = false, TW_WHERE) {
    reduce_block_max_row_init_runtime(ocb, block_ct_dim, icb, icb_scaler, false, 4, tw_where);
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_reinit_short_runtime(const TensorShape&, uint32_t ocb, uint32_t block_ct_dim,
                                                    bool respect_trigger = false, TW_WHERE) {
    reduce_block_max_row_init_runtime(ocb, block_ct_dim, ocb, ocb, false, 4, tw_where);
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_reinit_minimal_runtime(const TensorShape&, uint32_t ocb, uint32_t block_ct_dim,
                                                      bool respect_trigger = false, TW_WHERE) {
    reduce_block_max_row_init_runtime(ocb, block_ct_dim, ocb, ocb, false, 4, tw_where);
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_runtime(const TensorShape&, uint32_t icb, uint32_t icb_scaler, uint32_t row_start_index,
                                       uint32_t idst, bool respect_trigger = false, bool overlap_first_half = false,
                                       TW_WHERE) {
    reduce_block_max_row_runtime(icb, icb_scaler, row_start_index, idst, respect_trigger, overlap_first_half, 4, tw_where);
}

}  // namespace ckernel
