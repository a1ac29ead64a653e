// Tiles into row-major blocks, by the packer.
#pragma once

#include "api/compute/common.h"
#include "api/compute/tile_move_copy.h"
#include "tw/compute_config.h"

namespace ckernel {

template <uint32_t block_ct_dim = 8, uint32_t full_ct_dim = block_ct_dim, int Fp32 = -1, int D = 0>
ALWI void pack_untilize_init(uint32_t icb, uint32_t ocb, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    TW_CONFIG(pack_untilize_init, tw::cb_word<D>(ocb), tw::faces_word<D>(icb), block_ct_dim | full_ct_dim << 8);
}
template <uint32_t block_ct_dim = 8, uint32_t full_ct_dim = block_ct_dim, int Fp32 = -1, int D = 0>
ALWI void pack_untilize_init_skip_remap(uint32_t icb, uint32_t ocb, uint32_t call_line = 0, TW_WHERE) {
    pack_untilize_init<block_ct_dim, full_ct_dim, Fp32, D>(icb, ocb, 0, tw_where);
}
template <uint32_t block_ct_dim = 8, uint32_t full_ct_dim = block_ct_dim, auto... TwOptions, int D = 0>
ALWI void pack_untilize_dest_init(uint32_t ocb, uint32_t face_r_dim = 16, uint32_t num_faces = 4, TW_WHERE) {
    TW_CONFIG(pack_untilize_dest_init, tw::cb_word<D>(ocb), 0, block_ct_dim | full_ct_dim << 8);
}

// Runs the DST protocol itself: block_ct_dim tiles of each of block_rt_dim tile rows, at block column block_c_index.
template <uint32_t block_ct_dim = 8, uint32_t full_ct_dim = block_ct_dim, int Fp32 = -1, int D = 0>
ALWI void pack_untilize_block(uint32_t icb, uint32_t block_rt_dim, uint32_t ocb, uint32_t block_c_index = 0, TW_WHERE) {
    tw::check_width<Fp32>(TW_SITE);
    UNPACK((TW_CONFIG(pack_untilize_block, tw::cb_word<D>(icb), tw::faces_word<D>(icb))));
    MATH((tw::math_copy_needs<D, tw::Call::pack_untilize_block>(icb, TW_SITE)));
    PACK((TW_CONFIG(pack_untilize_block, tw::cb_word<D>(ocb), 0, block_ct_dim | full_ct_dim << 8)));
    for (uint32_t r = 0; r < block_rt_dim; ++r) {
        MATH((tw_dst_acquire(tw_self(), TW_SITE)));
        PACK((tw_dst_wait(tw_self(), TW_SITE)));
        for (uint32_t c = 0; c < block_ct_dim; ++c) {
            UNPACK((tw_unpack_a(tw_self(), icb, tw::format_at<D>(icb), r * block_ct_dim + c, TW_SITE)));
            MATH((tw_math_copy(tw_self(), c, TW_SITE)));
        }
        MATH((tw_dst_commit(tw_self(), TW_SITE)));
        PACK((tw_pack_untilize(tw_self(), 0, block_ct_dim, full_ct_dim, r, block_c_index, 0, ocb, tw::format_at<D>(ocb),
                               TW_SITE)));
        PACK((tw_dst_release(tw_self(), TW_SITE)));
    }
}

// From tiles that are in DST already. With narrow_row only row_num_datums columns of each tile row are written.
template <uint32_t block_ct_dim = 8, uint32_t full_ct_dim = block_ct_dim, bool diagonal = false, bool narrow_row = false,
          uint32_t row_num_datums = TILE_C_DIM, uint32_t tile_dst_ct_offset = 0, bool dense = false, int D = 0>
ALWI void pack_untilize_dest(uint32_t ocb, uint32_t block_rt_dim = 1, uint32_t block_c_index = 0,
                             uint32_t tile_dst_rt_offset = 0, uint32_t = 4, TW_WHERE) {
    static_assert(!diagonal && !dense, "not implemented in tilewright: diagonal or dense pack_untilize_dest");
    TW_CONFIG(pack_untilize_dest, tw::cb_word<D>(ocb), 0, block_ct_dim | full_ct_dim << 8);
    for (uint32_t r = 0; r < block_rt_dim; ++r) {
        PACK((tw_pack_untilize(tw_self(), (tile_dst_rt_offset + r) * block_ct_dim + tile_dst_ct_offset, block_ct_dim,
                               full_ct_dim, r, block_c_index, narrow_row ? row_num_datums : 0, ocb, tw::format_at<D>(ocb),
                               TW_SITE)));
    }
}

template <int Fp32 = -1, int D = 0>
ALWI void pack_untilize_uninit(uint32_t ocb = 16, TW_WHERE) {
    TW_CONFIG(pack_untilize_uninit, tw::cb_word<D>(ocb));
}

// Older names.
template <uint32_t block_ct_dim = 8, uint32_t full_ct_dim = block_ct_dim>
ALWI void pack_untilize_init_short(uint32_t icb, uint32_t ocb = 16, TW_WHERE) {
    pack_untilize_init<block_ct_dim, full_ct_dim>(icb, ocb, 0, tw_where);
}
template <uint32_t block_ct_dim = 8, uint32_t full_ct_dim = block_ct_dim, auto... TwOptions>
ALWI void pack_untilize_dst_init_short(uint32_t ocb, uint32_t face_r_dim = 16, uint32_t num_faces = 4, TW_WHERE) {
    pack_untilize_dest_init<block_ct_dim, full_ct_dim>(ocb, face_r_dim, num_faces, tw_where);
}
template <uint32_t block_ct_dim = 8, uint32_t full_ct_dim = block_ct_dim, bool diagonal = false>
ALWI void pack_untilize_dst(uint32_t ocb, uint32_t block_rt_dim = 1, uint32_t block_c_index = 0, uint32_t face_r_dim = 16,
                            uint32_t num_faces = 4, TW_WHERE) {
    pack_untilize_dest<block_ct_dim, full_ct_dim, diagonal>(ocb, block_rt_dim, block_c_index, 0, 4, tw_where);
}

}  // namespace ckernel
