// Element-wise operations whose second operand is one row, one column or one element, and copies expanded likewise.
#pragma once

#include "api/compute/common.h"
#include "api/compute/eltwise_binary.h"

namespace ckernel {

namespace detail {

// The rows of tw/compute_config.def, by operation and broadcast.
template <EltwiseBinaryType op, BroadcastType dim>
constexpr tw::Call bcast_init_call() {
    using enum tw::Call;
    constexpr tw::Call adds[] = {add_init, add_bcast_cols_init, add_bcast_rows_init, add_bcast_scalar_init};
    constexpr tw::Call subs[] = {sub_init, sub_bcast_cols_init, sub_bcast_rows_init, sub_bcast_scalar_init};
    constexpr tw::Call muls[] = {mul_init, mul_bcast_cols_init, mul_bcast_rows_init, mul_bcast_scalar_init};
    constexpr auto at = static_cast<uint32_t>(dim);
    return op == EltwiseBinaryType::ELWMUL ? muls[at] : op == EltwiseBinaryType::ELWSUB ? subs[at] : adds[at];
}
template <EltwiseBinaryType op, BroadcastType dim>
constexpr tw::Call bcast_call() {
    using enum tw::Call;
    constexpr tw::Call adds[] = {add_tiles, add_tiles_bcast_cols, add_tiles_bcast_rows, add_tiles_bcast_scalar};
    constexpr tw::Call subs[] = {sub_tiles, sub_tiles_bcast_cols, sub_tiles_bcast_rows, sub_tiles_bcast_scalar};
    constexpr tw::Call muls[] = {mul_tiles, mul_tiles_bcast_cols, mul_tiles_bcast_rows, mul_tiles_bcast_scalar};
    constexpr auto at = static_cast<uint32_t>(dim);
    return op == EltwiseBinaryType::ELWMUL ? muls[at] : op == EltwiseBinaryType::ELWSUB ? subs[at] : adds[at];
}

}  // namespace detail

template <EltwiseBinaryType tBcastOp = EltwiseBinaryType::ELWADD, BroadcastType tBcastDim = BroadcastType::NONE, int D = 0>
ALWI void bcast_init(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0, TW_WHERE) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    MATH((tw_math_accumulate(tw_self(), 0)));
    tw::config<detail::bcast_init_call<tBcastOp, tBcastDim>()>(
        TW_SITE, 0, 0, tw::operands_word<D>(static_cast<uint32_t>(tBcastOp), static_cast<uint32_t>(tBcastDim), icb0));
}

template <EltwiseBinaryType tBcastOp, BroadcastType tBcastDim, int Fp32 = -1, int D = 0>
ALWI void any_tiles_bcast(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst,
                          uint32_t bcast_row_idx = 0, TW_WHERE) {
    tw::check_width<Fp32>(TW_SITE);
    tw::config<detail::bcast_call<tBcastOp, tBcastDim>()>(
        TW_SITE, tw::cb_word<D>(icb0), tw::cb_word<D>(icb1),
        tw::operands_word<D>(static_cast<uint32_t>(tBcastOp), static_cast<uint32_t>(tBcastDim), icb0));
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
    ALWI void name##_bcast_rows_init(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0, TW_WHERE) {                 \
        bcast_init<op, BroadcastType::ROW>(icb0, icb1, 0, tw_where);                                                   \
    }                                                                                                                  \
    ALWI void name##_bcast_cols_init(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0, TW_WHERE) {                 \
        bcast_init<op, BroadcastType::COL>(icb0, icb1, 0, tw_where);                                                   \
    }                                                                                                                  \
    ALWI void name##_bcast_scalar_init(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0, TW_WHERE) {               \
        bcast_init<op, BroadcastType::SCALAR>(icb0, icb1, 0, tw_where);                                                \
    }                                                                                                                  \
    /* Older names. */                                                                                                 \
    ALWI void name##_bcast_rows_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1, TW_WHERE) {                           \
        bcast_init<op, BroadcastType::ROW>(icb0, icb1, 0, tw_where);                                                   \
    }                                                                                                                  \
    ALWI void name##_bcast_cols_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1, TW_WHERE) {                           \
        bcast_init<op, BroadcastType::COL>(icb0, icb1, 0, tw_where);                                                   \
    }                                                                                                                  \
    ALWI void name##_bcast_scalar_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1, TW_WHERE) {                         \
        bcast_init<op, BroadcastType::SCALAR>(icb0, icb1, 0, tw_where);                                                \
    }                                                                                                                  \
    ALWI void name##_tiles_bcast_scalar_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1, TW_WHERE) {                   \
        bcast_init<op, BroadcastType::SCALAR>(icb0, icb1, 0, tw_where);                                                \
    }                                                                                                                  \
    ALWI void name##_tiles_bcast_cols_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1, TW_WHERE) {                     \
        bcast_init<op, BroadcastType::COL>(icb0, icb1, 0, tw_where);                                                   \
    }                                                                                                                  \
    ALWI void name##_tiles_bcast_rows_init_short(uint32_t icb0 = 0, uint32_t icb1 = 1, TW_WHERE) {                     \
        bcast_init<op, BroadcastType::ROW>(icb0, icb1, 0, tw_where);                                                   \
    }

TW_BCAST_(add, EltwiseBinaryType::ELWADD)
TW_BCAST_(sub, EltwiseBinaryType::ELWSUB)
TW_BCAST_(mul, EltwiseBinaryType::ELWMUL)
#undef TW_BCAST_

template <EltwiseBinaryType tBcastOp = EltwiseBinaryType::ELWADD, BroadcastType tBcastDim = BroadcastType::NONE, int D = 0>
ALWI void init_bcast(uint32_t icb0, uint32_t icb1, uint32_t ocb = 16, TW_WHERE) {
    tw::compute_startup<D>(icb0, icb1, ocb, TW_SITE);
    bcast_init<tBcastOp, tBcastDim, D>(icb0, icb1, 0, tw_where);
}

// 16-bit floats are expanded in SrcB; what goes straight to DST is expanded there.
template <BroadcastType bcast_type, int Fp32 = -1, int D = 0>
ALWI void unary_bcast_init(uint32_t icb, TW_WHERE) {
    UNPACK((tw_unpack_mode(tw_self(), TW_TRANSPOSE_NONE)));
    TW_CONFIG(unary_bcast_init, 0, tw::faces_word<D>(icb) | static_cast<uint32_t>(bcast_type) << 12);
}
// Older kernels name the output, too, and have nothing else that starts them.
template <BroadcastType bcast_type, int Fp32 = -1, int D = 0>
ALWI void unary_bcast_init(uint32_t icb, uint32_t ocb, TW_WHERE) {
    tw::compute_startup<D>(icb, icb, ocb, TW_SITE);
    unary_bcast_init<bcast_type, Fp32, D>(icb, tw_where);
}
template <BroadcastType bcast_type>
ALWI void unary_bcast_uninit(uint32_t icb) {}

template <BroadcastType bcast_type, int Fp32 = -1, int D = 0>
ALWI void unary_bcast(uint32_t icb, uint32_t in_tile_index, uint32_t dst_tile_index, TW_WHERE) {
    tw::check_width<Fp32>(TW_SITE);
    const uint32_t word = tw::faces_word<D>(icb) | static_cast<uint32_t>(bcast_type) << 12;
    if (bcast_type == BroadcastType::NONE || tw::goes_to_dst<D>(icb)) {
        TW_CONFIG(unary_bcast_srca, tw::cb_word<D>(icb), word);
    } else {
        TW_CONFIG(unary_bcast_srcb, tw::cb_word<D>(icb), word);
    }
    UNPACK((tw_unpack_a_bcast(tw_self(), icb, tw::format_at<D>(icb), in_tile_index, static_cast<uint32_t>(bcast_type),
                              TW_SITE)));
    MATH((tw_math_copy(tw_self(), dst_tile_index, TW_SITE)));
}
template <BroadcastType old_bcast_type, BroadcastType new_bcast_type>
ALWI void reconfigure_unary_bcast(uint32_t old_icb, uint32_t new_icb, uint32_t old_ocb, uint32_t new_ocb, TW_WHERE) {
    reconfig_data_format(old_icb, new_icb, old_icb, new_icb, tw_where);
    pack_reconfig_data_format(old_ocb, new_ocb, tw_where);
    unary_bcast_init<new_bcast_type>(new_icb, tw_where);
}

}  // namespace ckernel
