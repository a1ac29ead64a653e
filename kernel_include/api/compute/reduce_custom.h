// The largest of each row over a block of tiles, into column 0 of one DST tile. Scalers are 1.0.
#pragma once

#include "tw/sfpu_call.h"
#include "api/compute/reduce.h"

namespace ckernel {

template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_init(uint32_t ocb) {
    reduce_init<PoolType::MAX, ReduceDim::REDUCE_ROW>(0, 1, ocb);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_reinit_short(uint32_t ocb) {
    reduce_block_max_row_init<block_ct_dim>(ocb);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row_reinit_minimal(uint32_t ocb) {
    reduce_block_max_row_init<block_ct_dim>(ocb);
}
template <uint32_t block_ct_dim, auto... TwOptions>
ALWI void reduce_block_max_row(uint32_t icb, uint32_t icb_scaler, uint32_t row_start_index, uint32_t idst, TW_WHERE) {
    for (uint32_t i = 0; i < block_ct_dim; ++i) {
        reduce_tile<PoolType::MAX, ReduceDim::REDUCE_ROW>(icb, icb_scaler, row_start_index + i, 0, idst, tw_where);
    }
}
template <auto... TwOptions>
ALWI void reduce_block_max_row_uninit(uint32_t icb) {
    reduce_uninit(icb);
}

TW_NOT_PROVIDED(reduce_block_max_row_init_runtime)
TW_NOT_PROVIDED(reduce_block_max_row_runtime)
TW_NOT_PROVIDED(reduce_block_max_row_uninit_runtime)
TW_NOT_PROVIDED(reduce_block_max_row_reinit_minimal_runtime)
TW_NOT_PROVIDED(reduce_block_max_row_reinit_short_runtime)

}  // namespace ckernel
