// The next number after one tile's values toward another's.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(nextafter_binary_tile_init)
TW_SFPU_INIT(nextafter_bf16_binary_tile_init)
// One step of a float; it needs a 32-bit DST.
template <auto... TwOptions>
ALWI void nextafter_binary_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(nextafter_binary_tile);
    static_assert(tw::KernelConfig<static_cast<int>(sizeof...(TwOptions) * 0)>::dst_accum_mode,
                  "nextafter_binary_tile steps by one float: set fp32_dest_acc_en");
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_nextafter, idst0, idst1, odst, 1, 0, TW_SITE)));
}
// One step of a bf16, in either DST.
template <auto... TwOptions>
ALWI void nextafter_bf16_binary_tile(uint32_t idst0, uint32_t idst1, uint32_t odst, TW_WHERE) {
    TW_CONFIG(nextafter_bf16_binary_tile);
    MATH((tw_sfpu_binary(tw_self(), TW_SFPU_nextafter, idst0, idst1, odst, 0x10000u, 0, TW_SITE)));
}

}  // namespace ckernel
