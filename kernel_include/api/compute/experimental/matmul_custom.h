// matmul_block by other names; how the unit is programmed makes no difference here.
#pragma once

#include "api/compute/matmul.h"

namespace ckernel {

ALWI void mm_no_mop_init_short(uint32_t in0_cb_id, uint32_t in1_cb_id, bool transpose = false, uint32_t ct_dim = 1,
                               uint32_t rt_dim = 1, uint32_t kt_dim = 1) {
    matmul_init(in0_cb_id, in1_cb_id, transpose);
}
ALWI void mm_no_mop_reinit_short(uint32_t in0_cb_id, uint32_t in1_cb_id, bool transpose = false, uint32_t ct_dim = 1,
                                 uint32_t rt_dim = 1, uint32_t kt_dim = 1) {
    matmul_init(in0_cb_id, in1_cb_id, transpose);
}
template <int D = 0>
ALWI void matmul_block_no_mop(uint32_t in0_cb_id, uint32_t in1_cb_id, uint32_t in0_tile_index, uint32_t in1_tile_index,
                              uint32_t idst, bool transpose, uint32_t ct_dim, uint32_t rt_dim, uint32_t kt_dim, TW_WHERE) {
    matmul_block<D>(in0_cb_id, in1_cb_id, in0_tile_index, in1_tile_index, idst, transpose, ct_dim, rt_dim, kt_dim, 0,
                    tw_where);
}

TW_NOT_PROVIDED(matmul_set_in1_column_stride)
TW_NOT_PROVIDED(mm_no_mop_init_short_fidelity)
TW_NOT_PROVIDED(matmul_block_no_mop_fidelity)
TW_NOT_PROVIDED(mm_no_mop_reinit_short_fidelity)

}  // namespace ckernel
