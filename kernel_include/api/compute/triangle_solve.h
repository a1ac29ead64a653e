// L X = DST[idst_in] for a lower triangle L with ones on its diagonal, which is read from its circular buffer in L1; X goes
// to DST[idst_out].
#pragma once

#include "tw/sfpu_call.h"
#include "api/compute/cb_api.h"

namespace ckernel {

TW_SFPU_INIT(triangle_solve_tile_init)

template <DataFormat L_FORMAT = DataFormat::Float32, bool L_NEGATED = false, auto... TwOptions>
ALWI void triangle_solve_tile(uint32_t cb_l, uint32_t l_tile_idx, uint32_t idst_in, uint32_t idst_out, TW_WHERE) {
    TW_CONFIG(triangle_solve_tile);
    static_assert(L_FORMAT == DataFormat::Float32 || L_FORMAT == DataFormat::Float16_b,
                  "triangle_solve_tile takes L as Float32 or Float16_b");
    constexpr bool is_16_bit = L_FORMAT == DataFormat::Float16_b;
    const uint32_t address = get_tile_address(cb_l, l_tile_idx, tw_where);
    MATH((tw_sfpu_with_l1(tw_self(), TW_SFPU_triangle_solve, idst_in, idst_out, address, is_16_bit ? 2048 : 4096, is_16_bit,
                          L_NEGATED, TW_SITE)));
    // UNPACK may give the tile back after this call, so it waits until MATH has read it.
    MATH((tw_mailbox_write(tw_self(), TW_TRISC_UNPACK, 0, TW_SITE)));
    UNPACK((tw_mailbox_read(tw_self(), TW_TRISC_MATH, TW_SITE)));
}

}  // namespace ckernel
