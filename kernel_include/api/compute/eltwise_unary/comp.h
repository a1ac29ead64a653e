// Comparisons with a scalar and with zero: 1 or 0 in the type of the tile.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(unary_ne_tile_init)
TW_SFPU_TILE1(unary_ne_tile, ne_scalar)
TW_SFPU_TILE1(unary_ne_tile_int32, ne_int_scalar)
TW_SFPU_INIT(unary_eq_tile_init)
TW_SFPU_TILE1(unary_eq_tile, eq_scalar)
TW_SFPU_TILE1(unary_eq_tile_int32, eq_int_scalar)
TW_SFPU_INIT(unary_gt_tile_init)
TW_SFPU_TILE1(unary_gt_tile, gt_scalar)
TW_SFPU_TILE1(unary_gt_tile_int32, gt_int_scalar)
TW_SFPU_INIT(unary_ge_tile_init)
TW_SFPU_TILE1(unary_ge_tile, ge_scalar)
TW_SFPU_TILE1(unary_ge_tile_int32, ge_int_scalar)
TW_SFPU_INIT(unary_lt_tile_init)
TW_SFPU_TILE1(unary_lt_tile, lt_scalar)
TW_SFPU_TILE1(unary_lt_tile_int32, lt_int_scalar)
TW_SFPU_INIT(unary_le_tile_init)
TW_SFPU_TILE1(unary_le_tile, le_scalar)
TW_SFPU_TILE1(unary_le_tile_int32, le_int_scalar)
TW_SFPU_INIT(gtz_tile_init)
TW_SFPU_TILE(gtz_tile, gtz)
TW_SFPU_TILE(gtz_tile_int32, gt_int_scalar)
TW_SFPU_INIT(nez_tile_init)
TW_SFPU_TILE(nez_tile, nez)
TW_SFPU_TILE(nez_tile_int32, ne_int_scalar)
TW_SFPU_INIT(gez_tile_init)
TW_SFPU_TILE(gez_tile, gez)
TW_SFPU_TILE(gez_tile_int32, ge_int_scalar)
TW_SFPU_INIT(ltz_tile_init)
TW_SFPU_TILE(ltz_tile, ltz)
TW_SFPU_TILE(ltz_tile_int32, lt_int_scalar)
TW_SFPU_INIT(eqz_tile_init)
TW_SFPU_TILE(eqz_tile, eqz)
TW_SFPU_TILE(eqz_tile_int32, eq_int_scalar)
TW_SFPU_INIT(lez_tile_init)
TW_SFPU_TILE(lez_tile, lez)
TW_SFPU_TILE(lez_tile_int32, le_int_scalar)
TW_SFPU_TILE(eqz_tile_uint16, eq_int_scalar)
TW_SFPU_TILE(eqz_tile_uint32, eq_int_scalar)
TW_SFPU_TILE(nez_tile_uint16, ne_int_scalar)
TW_SFPU_TILE(nez_tile_uint32, ne_int_scalar)

}  // namespace ckernel
