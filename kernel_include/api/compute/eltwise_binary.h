// Element-wise add, subtract and multiply on the matrix unit.
#pragma once

#include "api/compute/common.h"

namespace ckernel {

// Multiply always adds to DST on Wormhole and Blackhole, whatever acc_to_dest says (docs/upstream-api.md K7.2).
template <bool full_init = true, EltwiseBinaryType eltwise_binary_type = EltwiseBinaryType::ELWADD>
ALWI void binary_tiles_init(uint32_t icb0, uint32_t icb1, bool acc_to_dest = false, uint32_t call_line = 0) {
    if constexpr (full_init) {
        UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
        UNPACK((tw_thread_init(tw_self(), TW_INIT_OPERANDS + TW_BCAST_NONE)));
    }
    MATH((tw_thread_init(tw_self(), TW_INIT_BINARY + static_cast<uint32_t>(eltwise_binary_type))));
    MATH((tw_math_accumulate(tw_self(), acc_to_dest)));
}

ALWI void add_init(uint32_t icb0, uint32_t icb1, bool acc_to_dest = false, uint32_t call_line = 0) {
    binary_tiles_init<true, EltwiseBinaryType::ELWADD>(icb0, icb1, acc_to_dest);
}
ALWI void sub_init(uint32_t icb0, uint32_t icb1, bool acc_to_dest = false, uint32_t call_line = 0) {
    binary_tiles_init<true, EltwiseBinaryType::ELWSUB>(icb0, icb1, acc_to_dest);
}
ALWI void mul_init(uint32_t icb0, uint32_t icb1, bool acc_to_dest = true, uint32_t call_line = 0) {
    binary_tiles_init<true, EltwiseBinaryType::ELWMUL>(icb0, icb1, acc_to_dest);
}

#define TW_BINARY_TILES_(name, op)                                                                                    \
    template <int Fp32 = -1, int D = 0>                                                                               \
    ALWI void name##_tiles(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst, TW_WHERE) { \
        UNPACK((tw_unpack_ab(tw_self(), icb0, tw::format_at<D>(icb0), itile0, icb1, tw::format_at<D>(icb1), itile1,   \
                             TW_BCAST_NONE, 0, TW_SITE)));                                                            \
        MATH((tw_math_binary(tw_self(), op, idst, TW_SITE)));                                                         \
    }                                                                                                                 \
    template <int Fp32 = -1, int D = 0>                                                                               \
    ALWI void name##_block(uint32_t icb0, uint32_t icb1, uint32_t start_itile0, uint32_t start_itile1,                \
                           uint32_t start_idst, uint32_t ntiles, TW_WHERE) {                                          \
        for (uint32_t i = 0; i < ntiles; ++i) {                                                                       \
            name##_tiles<Fp32, D>(icb0, icb1, start_itile0 + i, start_itile1 + i, start_idst + i, tw_where);          \
        }                                                                                                             \
    }

TW_BINARY_TILES_(add, TW_ELWADD)
TW_BINARY_TILES_(sub, TW_ELWSUB)
TW_BINARY_TILES_(mul, TW_ELWMUL)
#undef TW_BINARY_TILES_

// One operand is in DST already: DEST_TO_SRCA computes DST op CB, DEST_TO_SRCB computes CB op DST.
template <EltwiseBinaryType op = EltwiseBinaryType::ELWADD,
          EltwiseBinaryReuseDestType reuse = EltwiseBinaryReuseDestType::NONE>
ALWI void binary_dest_reuse_tiles_init(uint32_t icb0 = 0, uint32_t call_line = 0) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    UNPACK((tw_thread_init(tw_self(), TW_INIT_UNKNOWN)));
    MATH((tw_thread_init(tw_self(), TW_INIT_REUSE + static_cast<uint32_t>(op))));
    MATH((tw_math_accumulate(tw_self(), 0)));
}

template <EltwiseBinaryType op = EltwiseBinaryType::ELWADD,
          EltwiseBinaryReuseDestType reuse = EltwiseBinaryReuseDestType::NONE, int Fp32 = -1, int D = 0>
ALWI void binary_dest_reuse_tiles(uint32_t in_cb_id, uint32_t in_tile_index, uint32_t dst_tile_index, TW_WHERE) {
    static_assert(reuse != EltwiseBinaryReuseDestType::NONE, "say which operand is DST: DEST_TO_SRCA or DEST_TO_SRCB");
    constexpr bool dst_to_b = reuse == EltwiseBinaryReuseDestType::DEST_TO_SRCB;
    if constexpr (dst_to_b) {
        UNPACK((tw_unpack_a(tw_self(), in_cb_id, tw::format_at<D>(in_cb_id), in_tile_index, TW_SITE)));
    } else {
        UNPACK((tw_unpack_b(tw_self(), in_cb_id, tw::format_at<D>(in_cb_id), in_tile_index, TW_SITE)));
    }
    MATH((tw_math_reuse_dest(tw_self(), static_cast<uint32_t>(op), dst_to_b, dst_tile_index, TW_SITE)));
}

template <EltwiseBinaryType op, EltwiseBinaryReuseDestType reuse, int Fp32 = -1, int D = 0>
ALWI void binary_reuse_dest_tiles(uint32_t in_cb_id, uint32_t in_tile_index, uint32_t dst_tile_index, TW_WHERE) {
    binary_dest_reuse_tiles<op, reuse, Fp32, D>(in_cb_id, in_tile_index, dst_tile_index, tw_where);
}

#define TW_REUSE_DEST_(name, op)                                                                                      \
    template <EltwiseBinaryReuseDestType reuse>                                                                       \
    ALWI void name##_reuse_dest_init(uint32_t icb, uint32_t call_line = 0) {                                          \
        binary_dest_reuse_tiles_init<op, reuse>(icb);                                                                 \
    }                                                                                                                 \
    template <EltwiseBinaryReuseDestType reuse, int Fp32 = -1, int D = 0>                                             \
    ALWI void name##_reuse_dest_tiles(uint32_t in_cb_id, uint32_t in_tile_index, uint32_t dst_tile_index, TW_WHERE) { \
        binary_dest_reuse_tiles<op, reuse, Fp32, D>(in_cb_id, in_tile_index, dst_tile_index, tw_where);               \
    }
TW_REUSE_DEST_(add, EltwiseBinaryType::ELWADD)
TW_REUSE_DEST_(sub, EltwiseBinaryType::ELWSUB)
TW_REUSE_DEST_(mul, EltwiseBinaryType::ELWMUL)
#undef TW_REUSE_DEST_

// Older names.
template <int D = 0>
ALWI void binary_op_init_common(uint32_t icb0, uint32_t icb1, uint32_t ocb = 0) {
    tw::compute_modes_to_default();
    tw::math_src_a<D>(icb0);
}
ALWI void add_tiles_init(uint32_t icb0 = 0, uint32_t icb1 = 1, bool acc_to_dest = false) {
    add_init(icb0, icb1, acc_to_dest);
}
ALWI void sub_tiles_init(uint32_t icb0 = 0, uint32_t icb1 = 1, bool acc_to_dest = false) {
    sub_init(icb0, icb1, acc_to_dest);
}
ALWI void mul_tiles_init(uint32_t icb0 = 0, uint32_t icb1 = 1) {
    mul_init(icb0, icb1);
}
ALWI void mul_tiles_init_f() {
    mul_init(0, 1);
}
ALWI void add_tiles_init_nof() {
    add_init(0, 1);
}
ALWI void sub_tiles_init_nof() {
    sub_init(0, 1);
}

}  // namespace ckernel
