// One DST tile into another.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(copy_dest_values_init)
template <auto... TwOptions>
ALWI void copy_dest_values(uint32_t idst_in, uint32_t idst_out, TW_WHERE) {
    TW_CONFIG(copy_dest_values);
    MATH((tw_math_copy_dest(tw_self(), idst_in, idst_out, TW_SITE)));
}

}  // namespace ckernel
