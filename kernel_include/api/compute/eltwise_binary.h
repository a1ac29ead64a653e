// Element-wise add, subtract and multiply on the matrix unit.
#pragma once

#include "api/compute/common.h"

namespace ckernel {

// Multiply always adds to DST on Wormhole and Blackhole, whatever acc_to_dest says (docs/upstream-api.md K7.2).
template <bool full_init = true, EltwiseBinaryType eltwise_binary_type = EltwiseBinaryType::ELWADD, int D = 0>
ALWI void binary_tiles_init(uint32_t icb0, uint32_t icb1, bool acc_to_dest = false, uint32_t call_line = 0, TW_WHERE) {
    constexpr uint32_t op = static_cast<uint32_t>(eltwise_binary_type);
    constexpr tw::Call call = op == TW_ELWMUL   ? tw::Call::mul_init
                              : op == TW_ELWSUB ? tw::Call::sub_init
                                                : tw::Call::add_init;
    if constexpr (full_init) {
        UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
        tw::config<call>(TW_SITE, acc_to_dest, 0, tw::operands_word<D>(op, TW_BCAST_NONE, icb0));
    } else {
        TW_CONFIG(binary_math_init, acc_to_dest, 0, tw::operands_word<D>(op, TW_BCAST_NONE, icb0));
    }
    MATH((tw_math_accumulate(tw_self(), acc_to_dest)));
}

template <int D = 0>
ALWI void add_init(uint32_t icb0, uint32_t icb1, bool acc_to_dest = false, uint32_t call_line = 0, TW_WHERE) {
    binary_tiles_init<true, EltwiseBinaryType::ELWADD, D>(icb0, icb1, acc_to_dest, 0, tw_where);
}
template <int D = 0>
ALWI void sub_init(uint32_t icb0, uint32_t icb1, bool acc_to_dest = false, uint32_t call_line = 0, TW_WHERE) {
    binary_tiles_init<true, EltwiseBinaryType::ELWSUB, D>(icb0, icb1, acc_to_dest, 0, tw_where);
}
template <int D = 0>
ALWI void mul_init(uint32_t icb0, uint32_t icb1, bool acc_to_dest = true, uint32_t call_line = 0, TW_WHERE) {
    binary_tiles_init<true, EltwiseBinaryType::ELWMUL, D>(icb0, icb1, acc_to_dest, 0, tw_where);
}

#define TW_BINARY_TILES_(name, op)                                                                                    \
    template <int Fp32 = -1, int D = 0>                                                                               \
    ALWI void name##_tiles(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst, TW_WHERE) { \
        tw::check_width<Fp32>(TW_SITE);                                                                               \
        TW_CONFIG(name##_tiles, tw::cb_word<D>(icb0), tw::cb_word<D>(icb1),                                           \
                  tw::operands_word<D>(op, TW_BCAST_NONE, icb0));                                                     \
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
          EltwiseBinaryReuseDestType reuse = EltwiseBinaryReuseDestType::NONE, int D = 0>
ALWI void binary_dest_reuse_tiles_init(uint32_t icb0 = 0, uint32_t call_line = 0, TW_WHERE) {
    constexpr tw::Call call = op == EltwiseBinaryType::ELWMUL   ? tw::Call::mul_reuse_dest_init
                              : op == EltwiseBinaryType::ELWSUB ? tw::Call::sub_reuse_dest_init
                                                                : tw::Call::add_reuse_dest_init;
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    tw::config<call>(TW_SITE, 0, 0, tw::operands_word<D>(static_cast<uint32_t>(op), static_cast<uint32_t>(reuse), icb0));
    MATH((tw_math_accumulate(tw_self(), 0)));
}

template <EltwiseBinaryType op = EltwiseBinaryType::ELWADD,
          EltwiseBinaryReuseDestType reuse = EltwiseBinaryReuseDestType::NONE, int Fp32 = -1, int D = 0>
ALWI void binary_dest_reuse_tiles(uint32_t in_cb_id, uint32_t in_tile_index, uint32_t dst_tile_index, TW_WHERE) {
    static_assert(reuse != EltwiseBinaryReuseDestType::NONE, "say which operand is DST: DEST_TO_SRCA or DEST_TO_SRCB");
    constexpr bool dst_to_b = reuse == EltwiseBinaryReuseDestType::DEST_TO_SRCB;
    constexpr tw::Call to_b = op == EltwiseBinaryType::ELWMUL   ? tw::Call::mul_reuse_dest_tiles
                              : op == EltwiseBinaryType::ELWSUB ? tw::Call::sub_reuse_dest_tiles
                                                                : tw::Call::add_reuse_dest_tiles;
    constexpr tw::Call to_a = op == EltwiseBinaryType::ELWMUL   ? tw::Call::mul_reuse_dest_tiles_to_srca
                              : op == EltwiseBinaryType::ELWSUB ? tw::Call::sub_reuse_dest_tiles_to_srca
                                                                : tw::Call::add_reuse_dest_tiles_to_srca;
    tw::check_width<Fp32>(TW_SITE);
    tw::config<dst_to_b ? to_b : to_a>(
        TW_SITE, tw::cb_word<D>(in_cb_id), 0,
        tw::operands_word<D>(static_cast<uint32_t>(op), static_cast<uint32_t>(reuse), in_cb_id));
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
    ALWI void name##_reuse_dest_init(uint32_t icb, uint32_t call_line = 0, TW_WHERE) {                                \
        binary_dest_reuse_tiles_init<op, reuse>(icb, 0, tw_where);                                                    \
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
ALWI void binary_op_init_common(uint32_t icb0, uint32_t icb1, uint32_t ocb = 0, TW_WHERE) {
    tw::compute_startup<D>(icb0, icb1, ocb, TW_SITE);
}
template <int D = 0>
ALWI void add_tiles_init(uint32_t icb0 = 0, uint32_t icb1 = 1, bool acc_to_dest = false, TW_WHERE) {
    add_init<D>(icb0, icb1, acc_to_dest, 0, tw_where);
}
template <int D = 0>
ALWI void sub_tiles_init(uint32_t icb0 = 0, uint32_t icb1 = 1, bool acc_to_dest = false, TW_WHERE) {
    sub_init<D>(icb0, icb1, acc_to_dest, 0, tw_where);
}
template <int D = 0>
ALWI void mul_tiles_init(uint32_t icb0 = 0, uint32_t icb1 = 1, TW_WHERE) {
    mul_init<D>(icb0, icb1, true, 0, tw_where);
}
template <int D = 0>
ALWI void mul_tiles_init_f(TW_WHERE) {
    mul_init<D>(0, 1, true, 0, tw_where);
}
template <int D = 0>
ALWI void add_tiles_init_nof(TW_WHERE) {
    add_init<D>(0, 1, false, 0, tw_where);
}
template <int D = 0>
ALWI void sub_tiles_init_nof(TW_WHERE) {
    sub_init<D>(0, 1, false, 0, tw_where);
}

}  // namespace ckernel
