// Row-major blocks into tiles. The calls run the whole DST protocol; the caller waits for, reserves, pushes and pops pages.
#pragma once

#include "api/compute/common.h"
#include "tw/abi_pool.h"

namespace ckernel {

template <int Fp32 = -1>
ALWI void tilize_init(uint32_t icb, uint32_t block, uint32_t ocb = 16, uint32_t call_line = 0) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    UNPACK((tw_thread_init(tw_self(), TW_INIT_COPY)));
    MATH((tw_thread_init(tw_self(), TW_INIT_COPY)));
}

// icb holds 32 rows of `block` tiles' width; tile input_tile_index + t of them becomes page output_tile_index + t of ocb.
template <int Fp32 = -1, int D = 0>
ALWI void tilize_block(uint32_t icb, uint32_t block, uint32_t ocb, uint32_t input_tile_index = 0,
                       uint32_t output_tile_index = 0, TW_WHERE) {
    for (uint32_t t = 0; t < block; ++t) {
        UNPACK((tw_unpack_tilize(tw_self(), icb, tw::format_at<D>(icb), input_tile_index + t, 1, block, TW_SITE)));
        MATH((tw_dst_acquire(tw_self(), TW_SITE), tw_math_copy(tw_self(), 0, TW_SITE), tw_dst_commit(tw_self(), TW_SITE)));
        PACK((tw_dst_wait(tw_self(), TW_SITE)));
        PACK((tw_pack_tile(tw_self(), 0, ocb, tw::format_at<D>(ocb), output_tile_index + t, TW_SITE)));
        PACK((tw_dst_release(tw_self(), TW_SITE)));
    }
}

ALWI void tilize_uninit(uint32_t icb, uint32_t ocb = 16) {}

#define TW_FAST_TILIZE_INIT_(name)                                                               \
    template <int Fp32 = -1>                                                                     \
    ALWI void name(uint32_t icb, uint32_t full_dim, uint32_t ocb = 16, uint32_t call_line = 0) { \
        tilize_init(icb, full_dim, ocb);                                                         \
    }
TW_FAST_TILIZE_INIT_(fast_tilize_init)
TW_FAST_TILIZE_INIT_(fast_tilize_init_skip_remap)
TW_FAST_TILIZE_INIT_(fast_tilize_init_with_dt)
TW_FAST_TILIZE_INIT_(fast_tilize_init_with_dt_skip_remap)
#undef TW_FAST_TILIZE_INIT_

template <int Fp32 = -1>
ALWI void fast_tilize_uninit(uint32_t icb, uint32_t ocb, uint32_t full_dim = 0) {}

template <int Fp32 = -1, int D = 0>
ALWI void fast_tilize_block(uint32_t icb, uint32_t block, uint32_t ocb, uint32_t input_tile_index = 0,
                            uint32_t output_tile_index = 0, TW_WHERE) {
    tilize_block<Fp32, D>(icb, block, ocb, input_tile_index, output_tile_index, tw_where);
}

// Older names.
ALWI void tilize_init_short(uint32_t icb, uint32_t block, uint32_t ocb = 16) {
    tilize_init(icb, block, ocb);
}
ALWI void tilize_init_no_pack(uint32_t icb, uint32_t block) {
    tilize_init(icb, block);
}
template <auto... TwOptions, int D = 0>
ALWI void tilize_init_short_with_dt(uint32_t old_icb, uint32_t new_icb, uint32_t block, uint32_t ocb = 16) {
    tw::math_src_a<D>(old_icb, new_icb);
    tilize_init(new_icb, block, ocb);
}
ALWI void tilize_uninit_with_dt(uint32_t old_icb, uint32_t new_icb, uint32_t ocb = 16) {}

// Pooling: rows of a window become tiles in SrcA, its scaler goes to SrcB, and reduce_tile_math reduces them. Register rows
// that the window does not fill are minus infinity or zero; zero_srcA, of the dot product that came before reduction, too.
template <bool neginf_srcA = true, bool zero_srcA_reduce = false, int Fp32 = -1>
ALWI void tilizeA_B_reduce_init(uint32_t icb0, uint32_t icb1_scaler, uint32_t block, uint32_t call_line = 0) {
    UNPACK((tw_thread_init(tw_self(), TW_INIT_UNKNOWN)));
    MATH((tw_thread_init(tw_self(), TW_INIT_UNKNOWN)));  // what it reduces is in the host's defines
}

template <bool neginf_srcA = true, uint32_t reload_srcB = true, bool zero_srcA = false, bool zero_srcA_reduce = false,
          int D = 0>
ALWI void unpack_tilizeA_B_block(uint32_t icb0, uint32_t icb1, uint32_t block, uint32_t tile_idx_b, TW_WHERE) {
    static_assert(reload_srcB, "not implemented in tilewright: a scaler of its own for each face (reload_srcB = false)");
    UNPACK((tw_unpack_tilize_pool(tw_self(), icb0, tw::format_at<D>(icb0), block,
                                  neginf_srcA ? TW_POOL_FILL_NEGATIVE_INFINITY : TW_POOL_FILL_ZERO, icb1,
                                  tw::format_at<D>(icb1), tile_idx_b, TW_SITE)));
}

ALWI void unpack_tilizeA_B_uninit(uint32_t icb) {}

}  // namespace ckernel
