// DST sections that MATH clears when it takes them. Here a released section reads as zero either way.
#pragma once

#include "api/compute/reg_api.h"

namespace ckernel {

template <int Fp32 = -1>
ALWI void tile_regs_acquire_math_clear(TW_WHERE) {
    tile_regs_acquire(tw_where);
}
ALWI void tile_regs_release_math_clear(TW_WHERE) {
    tile_regs_release(tw_where);
}

}  // namespace ckernel
