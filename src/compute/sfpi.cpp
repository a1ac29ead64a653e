// The vector unit as kernels' own SFPU code uses it (tw/abi_sfpi.h): pointed at the calling thread's part of DST.
#include "compute/access.h"
#include "tw/abi_sfpi.h"

#include <fmt/format.h>

using namespace tw;
using namespace tw::compute;

namespace tw {

void reset_sfpu_unit(tw_sfpu_unit& unit) {
    unit = {};
    std::memset(unit.lanes_enabled, 0xff, sizeof unit.lanes_enabled);
    const auto fill = [&](uint32_t number, uint32_t word) {
        for (uint32_t& lane : unit.registers[number]) lane = word;
    };
    fill(8, 0x3f56594bu);  // 0.8373
    fill(10, 0x3f800000u);
    fill(11, 0xbf800000u);
    for (uint32_t lane = 0; lane < TW_SFPU_LANES; ++lane) unit.registers[15][lane] = 2 * lane;
}

}  // namespace tw

extern "C" {

tw_sfpu_unit* tw_sfpu_unit_of(tw_ctx* ctx) {
    return &compute_state(ctx).sfpu_units[ctx->risc == TW_TRISC_PACK];
}

void tw_sfpu_start(tw_ctx* ctx, uint32_t dst, const tw_site* site) {
    ComputeState& s = enter(ctx, site);
    const bool pack = ctx->risc == TW_TRISC_PACK;
    tw_sfpu_unit& unit = s.sfpu_units[pack];
    const uint32_t tile = pack ? pack_dst(ctx, s, dst, site) : math_dst(ctx, s, dst, site);
    s.book.note_written(tile, site);
    s.book.taken = ~0u;  // which tiles it goes on to is not known
    unit.words = s.tile_words(tile - dst);
    unit.invalid_rows = &s.invalid_rows[tile - dst];
    unit.row_limit = s.tiles_per_half * kTileRegisterRows;
    unit.row = unit.row_of_face = dst * kTileRegisterRows;
    unit.dst_is_fp32 = s.dst_is_fp32;
    std::memset(unit.lanes_enabled, 0xff, sizeof unit.lanes_enabled);
    math_done(ctx, s, 32 + TW_SFPU_COUNT, dst, site);
}

void tw_sfpu_row_outside(tw_ctx* ctx, uint32_t row, const tw_site* site) {
    fail_dst_index(ctx, row / kTileRegisterRows, compute_state(ctx).tiles_per_half, site);
}

}  // extern "C"
