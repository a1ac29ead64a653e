// Transposition of a tile in DST, whole or each 16x16 face on its own.
#pragma once

#include "api/compute/common.h"
#include "tw/compute_config.h"

namespace ckernel {

template <bool is_32bit = false, bool transpose_of_faces = true>
ALWI void transpose_dest_init(uint32_t operand = 0, TW_WHERE) {
    TW_CONFIG(transpose_dest_init, is_32bit | transpose_of_faces << 1);
}

template <bool is_32bit = false, bool transpose_of_faces = true>
ALWI void transpose_dest(uint32_t idst, TW_WHERE) {
    TW_CONFIG(transpose_dest, is_32bit | transpose_of_faces << 1);
    MATH((tw_math_transpose_dest(tw_self(), transpose_of_faces ? TW_TRANSPOSE_TILE : TW_TRANSPOSE_FACE, idst, TW_SITE)));
}

// Older names.
template <bool transpose_of_faces = true, bool is_32bit = false>
ALWI void transpose_wh_dest_init_short(TW_WHERE) {
    transpose_dest_init<is_32bit, transpose_of_faces>(0, tw_where);
}
template <bool transpose_of_faces = true, bool is_32bit = false>
ALWI void transpose_wh_dest(uint32_t idst, TW_WHERE) {
    transpose_dest<is_32bit, transpose_of_faces>(idst, tw_where);
}

}  // namespace ckernel
