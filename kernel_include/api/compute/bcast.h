// Element-wise operations whose second operand is one row, one column or one element, and copies expanded likewise.
#pragma once

#include "api/compute/common.h"
#include "api/compute/eltwise_binary.h"

namespace ckernel {

template <EltwiseBinaryType tBcastOp = EltwiseBinaryType::ELWADD, BroadcastType tBcastDim = BroadcastType::NONE>
ALWI void bcast_init(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0) {
    binary_tiles_init<true, tBcastOp>(icb0, icb1);
    UNPACK((tw_thread_init(tw_self(), TW_INIT_OPERANDS + static_cast<uint32_t>(tBcastDim))));
}

template <EltwiseBinaryType tBcastOp, BroadcastType tBcastDim, int Fp32 = -1, int D = 0>
ALWI void any_tiles_bcast(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst,
                          uint32_t bcast_row_idx = 0, TW_WHERE) {
    UNPACK((tw_unpack_ab(tw_self(), icb0, tw::format_at<D>(icb0), itile0, icb1, tw::format_at<D>(icb1), itile1,
                         static_cast<uint32_t>(tBcastDim), bcast_row_idx, TW_SITE)));
    MATH((tw_math_binary(tw_self(), static_cast<uint32_t>(tBcastOp), idst, TW_SITE)));
}

#define TW_BCAST_(name, op)                                                                                            \
    template <BroadcastType tBcastDim, int Fp32 = -1, int D = 0>                                                       \
    ALWI void name##_tiles_bcast(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst,        \
                                 uint32_t bcast_row_idx = 0, TW_WHERE) {                                               \
        any_tiles_bcast<op, tBcastDim, Fp32, D>(icb0, icb1, itile0, itile1, idst, bcast_row_idx, tw_where);            \
    }                                                                                                                  \
    template <int Fp32 = -1, int D = 0>                                                                                \
    ALWI void name##_tiles_bcast_rows(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst,   \
                                      uint32_t bcast_row_idx = 0, TW_WHERE) {                                          \
        any_tiles_bcast<op, BroadcastType::ROW, Fp32, D>(icb0, icb1, itile0, itile1, idst, bcast_row_idx, tw_where);   \
    }                                                                                                                  \
    template <int Fp32 = -1, int D = 0>                                                                                \
    ALWI void name##_tiles_bcast_cols(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst,   \
                                      TW_WHERE) {                                                                      \
        any_tiles_bcast<op, BroadcastType::COL, Fp32, D>(icb0, icb1, itile0, itile1, idst, 0, tw_where);               \
    }                                                                                                                  \
    template <int Fp32 = -1, int D = 0>                                                                                \
    ALWI void name##_tiles_bcast_scalar(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst, \
                                        TW_WHERE) {                                                                    \
        any_tiles_bcast<op, BroadcastType::SCALAR, Fp32, D>(icb0, icb1, itile0, itile1, idst, 0, tw_where);            \
    }                                                                                                                  \
    ALWI void name##_bcast_rows_init(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0) {                           \
        bcast_init<op, BroadcastType::ROW>(icb0, icb1);                                                                \
    }                                                                                                                  \
    ALWI void name##_bcast_cols_init(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0) {                           \
        bcast_init<op, BroadcastType::COL>(icb0, icb1);                                                                \
    }                                                                                                                  \
    ALWI void name##_bcast_scalar_init(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0) {                         \
        bcast_init<op, BroadcastType::SCALAR>(icb0, icb1);                                                             \
    }                                                                                                                  \
    /* Older names. */                                                                                                 \
    ALWI void name##_bcast_rows_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1) {                                     \
        bcast_init<op, BroadcastType::ROW>(icb0, icb1);                                                                \
    }                                                                                                                  \
    ALWI void name##_bcast_cols_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1) {                                     \
        bcast_init<op, BroadcastType::COL>(icb0, icb1);                                                                \
    }                                                                                                                  \
    ALWI void name##_bcast_scalar_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1) {                                   \
        bcast_init<op, BroadcastType::SCALAR>(icb0, icb1);                                                             \
    }                                                                                                                  \
    ALWI void name##_tiles_bcast_scalar_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1) {                             \
        bcast_init<op, BroadcastType::SCALAR>(icb0, icb1);                                                             \
    }                                                                                                                  \
    ALWI void name##_tiles_bcast_cols_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1) {                               \
        bcast_init<op, BroadcastType::COL>(icb0, icb1);                                                                \
    }                                                                                                                  \
    ALWI void name##_tiles_bcast_rows_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1) {                               \
        bcast_init<op, BroadcastType::ROW>(icb0, icb1);                                                                \
    }

TW_BCAST_(add, EltwiseBinaryType::ELWADD)
TW_BCAST_(sub, EltwiseBinaryType::ELWSUB)
TW_BCAST_(mul, EltwiseBinaryType::ELWMUL)
#undef TW_BCAST_

template <EltwiseBinaryType tBcastOp = EltwiseBinaryType::ELWADD, BroadcastType tBcastDim = BroadcastType::NONE, int D = 0>
ALWI void init_bcast(uint32_t icb0, uint32_t icb1, uint32_t ocb = 16) {
    tw::compute_modes_to_default();
    tw::math_src_a<D>(icb0);
    bcast_init<tBcastOp, tBcastDim>(icb0, icb1);
}

template <BroadcastType bcast_type, int Fp32 = -1>
ALWI void unary_bcast_init(uint32_t icb, uint32_t ocb = 0) {
    MATH((tw_thread_init(tw_self(), TW_INIT_COPY)));
}
template <BroadcastType bcast_type>
ALWI void unary_bcast_uninit(uint32_t icb) {}

template <BroadcastType bcast_type, int Fp32 = -1, int D = 0>
ALWI void unary_bcast(uint32_t icb, uint32_t in_tile_index, uint32_t dst_tile_index, TW_WHERE) {
    UNPACK((tw_unpack_a_bcast(tw_self(), icb, tw::format_at<D>(icb), in_tile_index, static_cast<uint32_t>(bcast_type),
                              TW_SITE)));
    MATH((tw_math_copy(tw_self(), dst_tile_index, TW_SITE)));
}
template <BroadcastType old_bcast_type, BroadcastType new_bcast_type>
ALWI void reconfigure_unary_bcast(uint32_t old_icb, uint32_t new_icb, uint32_t old_ocb, uint32_t new_ocb) {
    unary_bcast_init<new_bcast_type>(new_icb, new_ocb);
}

}  // namespace ckernel
