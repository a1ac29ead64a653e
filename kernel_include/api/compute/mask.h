// Keeps the data where the mask tile is not zero; the rest becomes 0 or +infinity.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(mask_tile_init)
ALWI void mask_tile(uint32_t idst_data, uint32_t idst2_mask, DataFormat data_format = DataFormat::Float16_b, TW_WHERE) {
    TW_CONFIG(mask_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_mask, idst_data, idst2_mask, idst_data, 0, 0, TW_SITE)));
}
ALWI void mask_posinf_tile(uint32_t idst_data, uint32_t idst2_mask, TW_WHERE) {
    TW_CONFIG(mask_posinf_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_mask, idst_data, idst2_mask, idst_data, 0x7f800000u, 0, TW_SITE)));
}

}  // namespace ckernel
