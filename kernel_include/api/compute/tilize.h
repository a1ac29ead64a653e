// Row-major blocks into tiles. The calls run the whole DST protocol; the caller waits for, reserves, pushes and pops pages.
#pragma once

#include "api/compute/common.h"
#include "tw/compute_config.h"
#include "tw/abi_pool.h"

namespace ckernel {

template <int Fp32 = -1, int D = 0>
ALWI void tilize_init(uint32_t icb, uint32_t block, uint32_t ocb = 16, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    TW_CONFIG(tilize_init, 0, block, tw::faces_word<D>(icb));
}

namespace detail {

template <int D>
ALWI void tilize_tiles(uint32_t icb, uint32_t block, uint32_t ocb, uint32_t input_tile_index, uint32_t output_tile_index,
                       const tw_site* site) {
    for (uint32_t t = 0; t < block; ++t) {
        UNPACK((tw_unpack_tilize(tw_self(), icb, tw::format_at<D>(icb), input_tile_index + t, 1, block, site)));
        MATH((tw_dst_acquire(tw_self(), site), tw_math_copy(tw_self(), 0, site), tw_dst_commit(tw_self(), site)));
        PACK((tw_dst_wait(tw_self(), site)));
        PACK((tw_pack_tile(tw_self(), 0, ocb, tw::format_at<D>(ocb), output_tile_index + t, site)));
        PACK((tw_dst_release(tw_self(), site)));
    }
}

}  // namespace detail

// icb holds 32 rows of `block` tiles' width; tile input_tile_index + t of them becomes page output_tile_index + t of ocb.
template <int Fp32 = -1, int D = 0>
ALWI void tilize_block(uint32_t icb, uint32_t block, uint32_t ocb, uint32_t input_tile_index = 0,
                       uint32_t output_tile_index = 0, TW_WHERE) {
    tw::check_width<Fp32>(TW_SITE);
    UNPACK((TW_CONFIG(tilize_block, tw::cb_word<D>(icb), block)));
    MATH((TW_CONFIG(tilize_block, 0, 0, tw::faces_word<D>(icb))));
    PACK((TW_CONFIG(tilize_block, 0, 0, tw::cb_word<D>(ocb))));
    detail::tilize_tiles<D>(icb, block, ocb, input_tile_index, output_tile_index, TW_SITE);
}

ALWI void tilize_uninit(uint32_t icb, uint32_t ocb = 16, TW_WHERE) {
    TW_CONFIG(tilize_uninit);
}

namespace detail {

// Blackhole's fast form is the ordinary one for a single tile.
constexpr bool tilizes_fast(uint32_t tiles) {
#if defined(ARCH_BLACKHOLE)
    return tiles != 1;
#else
    return true;
#endif
}

}  // namespace detail

#define TW_FAST_TILIZE_INIT_(name, reconfigures)                                                           \
    template <int Fp32 = -1, int D = 0>                                                                    \
    ALWI void name(uint32_t icb, uint32_t full_dim, uint32_t ocb = 16, uint32_t call_line = 0, TW_WHERE) { \
        if (reconfigures) reconfig_data_format(icb, icb, tw_where);                                        \
        if (!detail::tilizes_fast(full_dim)) return tilize_init<Fp32, D>(icb, full_dim, ocb, 0, tw_where); \
        UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));                                            \
        TW_CONFIG(fast_tilize_init);                                                                       \
    }
TW_FAST_TILIZE_INIT_(fast_tilize_init, false)
TW_FAST_TILIZE_INIT_(fast_tilize_init_skip_remap, false)
TW_FAST_TILIZE_INIT_(fast_tilize_init_with_dt, true)
TW_FAST_TILIZE_INIT_(fast_tilize_init_with_dt_skip_remap, true)
#undef TW_FAST_TILIZE_INIT_

template <int Fp32 = -1>
ALWI void fast_tilize_uninit(uint32_t icb, uint32_t ocb, uint32_t full_dim = 0, TW_WHERE) {
    if (!detail::tilizes_fast(full_dim)) return tilize_uninit(icb, ocb, tw_where);
    TW_CONFIG(fast_tilize_uninit);
}

template <int Fp32 = -1, int D = 0>
ALWI void fast_tilize_block(uint32_t icb, uint32_t block, uint32_t ocb, uint32_t input_tile_index = 0,
                            uint32_t output_tile_index = 0, TW_WHERE) {
    if (!detail::tilizes_fast(block)) {
        return tilize_block<Fp32, D>(icb, block, ocb, input_tile_index, output_tile_index, tw_where);
    }
    TW_CONFIG(fast_tilize_block, tw::cb_word<D>(icb), 0, tw::cb_word<D>(ocb));
    detail::tilize_tiles<D>(icb, block, ocb, input_tile_index, output_tile_index, TW_SITE);
}

// Older names.
template <int D = 0>
ALWI void tilize_init_short(uint32_t icb, uint32_t block, uint32_t ocb = 16, TW_WHERE) {
    tilize_init<-1, D>(icb, block, ocb, 0, tw_where);
}
template <int D = 0>
ALWI void tilize_init_no_pack(uint32_t icb, uint32_t block, TW_WHERE) {
    tilize_init<-1, D>(icb, block, 16, 0, tw_where);
}
template <auto... TwOptions, int D = 0>
ALWI void tilize_init_short_with_dt(uint32_t old_icb, uint32_t new_icb, uint32_t block, uint32_t ocb = 16, TW_WHERE) {
    reconfig_data_format_srca(old_icb, new_icb, tw_where);
    tilize_init<-1, D>(new_icb, block, ocb, 0, tw_where);
}
ALWI void tilize_uninit_with_dt(uint32_t old_icb, uint32_t new_icb, uint32_t ocb = 16, TW_WHERE) {
    tilize_uninit(old_icb, ocb, tw_where);
    reconfig_data_format_srca(old_icb, new_icb, tw_where);
}

// Pooling: rows of a window become tiles in SrcA, its scaler goes to SrcB, and reduce_tile_math reduces them. Register rows
// that the window does not fill are minus infinity or zero; zero_srcA, of the dot product that came before reduction, too.
template <bool neginf_srcA = true, bool zero_srcA_reduce = false, int Fp32 = -1>
ALWI void tilizeA_B_reduce_init(uint32_t icb0, uint32_t icb1_scaler, uint32_t block, uint32_t call_line = 0, TW_WHERE) {
    TW_CONFIG(tilizeA_B_reduce_init);  // what MATH reduces is in the host's defines
}

template <bool neginf_srcA = true, uint32_t reload_srcB = true, bool zero_srcA = false, bool zero_srcA_reduce = false,
          int D = 0>
ALWI void unpack_tilizeA_B_block(uint32_t icb0, uint32_t icb1, uint32_t block, uint32_t tile_idx_b, TW_WHERE) {
    static_assert(reload_srcB, "not implemented in tilewright: a scaler of its own for each face (reload_srcB = false)");
    TW_CONFIG(unpack_tilizeA_B_block, tw::cb_word<D>(icb0), tw::cb_word<D>(icb1));
    UNPACK((tw_unpack_tilize_pool(tw_self(), icb0, tw::format_at<D>(icb0), block,
                                  neginf_srcA ? TW_POOL_FILL_NEGATIVE_INFINITY : TW_POOL_FILL_ZERO, icb1,
                                  tw::format_at<D>(icb1), tile_idx_b, TW_SITE)));
}

ALWI void unpack_tilizeA_B_uninit(uint32_t icb, TW_WHERE) {
    TW_CONFIG(unpack_tilizeA_B_uninit);
}

}  // namespace ckernel
