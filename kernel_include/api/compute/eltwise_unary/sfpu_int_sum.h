// Partial sums of integer tiles, as the unit's lanes make them: a step of a reduction that kernels finish otherwise.
#pragma once

#include "tw/sfpu_call.h"

#ifdef TRISC_MATH
namespace tw {

// Rows 0 to 3 of a face get the sums of every fourth row of that face and of the one below.
inline void sum_int_rows_by_four() {
    for (int parity = 0; parity < 2; ++parity) {
        sfpi::vInt sum = sfpi::dst_reg[parity];
        for (int i = 2; i < 8; i += 2) sum += static_cast<sfpi::vInt>(sfpi::dst_reg[parity + i]);
        for (int i = 16; i < 24; i += 2) sum += static_cast<sfpi::vInt>(sfpi::dst_reg[parity + i]);
        sfpi::dst_reg[parity] = sum;
    }
}
// Even columns of a face get the sums with their odd neighbours, and with both of the face to the right.
inline void sum_int_columns_by_pairs() {
    for (int i = 0; i < 8; i += 2) {
        sfpi::vInt sum = sfpi::dst_reg[i];
        for (const int other : {1, 8, 9}) sum += static_cast<sfpi::vInt>(sfpi::dst_reg[i + other]);
        sfpi::dst_reg[i] = sum;
    }
}

}  // namespace tw
#endif

namespace ckernel {

ALWI void sfpu_sum_int_init(TW_WHERE) {
    TW_CONFIG(sfpu_sum_int_init);
}
ALWI void sfpu_sum_int_col(uint32_t idst, TW_WHERE) {
    TW_CONFIG(sfpu_sum_int_col);
    MATH((_llk_math_eltwise_unary_sfpu_params_(tw::sum_int_rows_by_four, idst, VectorMode::R)));
}
ALWI void sfpu_sum_int_row(uint32_t idst, TW_WHERE) {
    TW_CONFIG(sfpu_sum_int_row);
    MATH((_llk_math_eltwise_unary_sfpu_params_(tw::sum_int_columns_by_pairs, idst, VectorMode::C)));
}
// DST[idst] += DST[idst + 1]
ALWI void sfpu_add_int(uint32_t idst, uint32_t dst_offset = 2, int32_t iterations = 8, TW_WHERE) {
    TW_CONFIG(sfpu_add_int);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_add_int, idst, idst + 1, idst, 0xffffffffu, 0, TW_SITE)));
}

}  // namespace ckernel
