// matmul_block by other names; how the unit is programmed makes no difference here.
#pragma once

#include "api/compute/matmul.h"

namespace ckernel {

ALWI void mm_no_mop_init_short(uint32_t in0_cb_id, uint32_t in1_cb_id, bool transpose = false, uint32_t ct_dim = 1,
                               uint32_t rt_dim = 1, uint32_t kt_dim = 1, TW_WHERE) {
    matmul_block_init(in0_cb_id, in1_cb_id, transpose, ct_dim, rt_dim, kt_dim, 0, tw_where);
}
ALWI void mm_no_mop_reinit_short(uint32_t in0_cb_id, uint32_t in1_cb_id, bool transpose = false, uint32_t ct_dim = 1,
                                 uint32_t rt_dim = 1, uint32_t kt_dim = 1, TW_WHERE) {
    matmul_block_init(in0_cb_id, in1_cb_id, transpose, ct_dim, rt_dim, kt_dim, 0, tw_where);
}
namespace detail {

inline uint32_t matmul_in1_column_stride = 1;

// The unit's fidelity is that of the launch.
template <MathFidelity fidelity, int D = 0>
constexpr bool fidelity_is_the_kernels = static_cast<uint32_t>(fidelity) == tw::KernelConfig<D>::math_fidelity;

}  // namespace detail

// Tiles of in1 that stand side by side in the product stand so many tiles apart in its buffer.
ALWI void matmul_set_in1_column_stride(uint32_t in1_cb_id, uint32_t stride_tiles) {
    detail::matmul_in1_column_stride = stride_tiles;
}

template <int D = 0>
ALWI void matmul_block_no_mop(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t in0_tile_index, uint32_t in1_tile_index,
                              uint32_t idst, bool transpose, uint32_t ct_dim, uint32_t rt_dim, uint32_t kt_dim, TW_WHERE) {
    const uint32_t stride = detail::matmul_in1_column_stride;
    if (stride == 1) {
        matmul_block<D>(in0_cb_id, in1_cb_id, in0_tile_index, in1_tile_index, idst, transpose, ct_dim, rt_dim, kt_dim, 0,
                        tw_where);
        return;
    }
    for (uint32_t r = 0; r < rt_dim; ++r) {
        for (uint32_t c = 0; c < ct_dim; ++c) {
            matmul_block<D>(in0_cb_id, in1_cb_id, in0_tile_index + r * kt_dim, in1_tile_index + c * stride,
                            idst + r * ct_dim + c, transpose, 1, 1, 1, 0, tw_where);
        }
    }
}

// The same with a fidelity of their own.
template <MathFidelity fidelity>
ALWI void mm_no_mop_init_short_fidelity(uint32_t in0_cb_id, uint32_t in1_cb_id, bool transpose = false, uint32_t ct_dim = 1,
                                        uint32_t rt_dim = 1, uint32_t kt_dim = 1, TW_WHERE) {
    matmul_block_init(in0_cb_id, in1_cb_id, transpose, ct_dim, rt_dim, kt_dim, 0, tw_where);
}
template <MathFidelity fidelity>
ALWI void mm_no_mop_reinit_short_fidelity(uint32_t in0_cb_id, uint32_t in1_cb_id, bool transpose = false,
                                          uint32_t ct_dim = 1, uint32_t rt_dim = 1, uint32_t kt_dim = 1, TW_WHERE) {
    matmul_block_init(in0_cb_id, in1_cb_id, transpose, ct_dim, rt_dim, kt_dim, 0, tw_where);
}
template <MathFidelity fidelity, int D = 0>
ALWI void matmul_block_no_mop_fidelity(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t in0_tile_index,
                                       uint32_t in1_tile_index, uint32_t idst, bool transpose, uint32_t ct_dim,
                                       uint32_t rt_dim, uint32_t kt_dim, TW_WHERE) {
    static_assert(detail::fidelity_is_the_kernels<fidelity, D>,
                  "not implemented in tilewright: matmul_block_no_mop_fidelity with a fidelity other than the kernel's");
    matmul_block_no_mop<D>(in0_cb_id, in1_cb_id, in0_tile_index, in1_tile_index, idst, transpose, ct_dim, rt_dim, kt_dim,
                           tw_where);
}

}  // namespace ckernel
