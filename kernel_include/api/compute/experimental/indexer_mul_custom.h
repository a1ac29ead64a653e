// One column times each of a row of tiles, added to DST as all products are.
#pragma once

#include "api/compute/bcast.h"

namespace ckernel {

ALWI void mul_bcast_cols_init_short_custom(uint32_t icb0, uint32_t icb1, uint32_t call_line = 0, TW_WHERE) {
    mul_bcast_cols_init(icb0, icb1, 0, tw_where);
}
ALWI void mul_tiles_bcast_cols_custom(uint32_t icb0, uint32_t icb1, uint32_t itile0, uint32_t itile1, uint32_t idst,
                                      uint32_t ct_dim, TW_WHERE) {
    for (uint32_t i = 0; i < ct_dim; ++i) mul_tiles_bcast_cols(icb0, icb1, itile0 + i, itile1, idst + i, tw_where);
}

}  // namespace ckernel
