// Affine quantization of Float32 tiles to Int32 tiles and back. Int8 tiles are not provided.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

// The second constant chooses the range of the result: 0 for -127..127, 1 for 0..255.
ALWI void quant_tile_init(uint32_t zero_point) {
    MATH((tw_sfpu_constants(tw_self(), zero_point, 0)));
}
ALWI void quant_uint8_tile_init(uint32_t zero_point) {
    MATH((tw_sfpu_constants(tw_self(), zero_point, 1)));
}
TW_SFPU_BINARY(quant_tile, quant)
ALWI void requant_tile_init(uint32_t zero_point) {
    MATH((tw_sfpu_constants(tw_self(), zero_point, 0)));
}
ALWI void requant_uint8_tile_init(uint32_t zero_point) {
    MATH((tw_sfpu_constants(tw_self(), zero_point, 1)));
}
TW_SFPU_BINARY(requant_tile, requant)
ALWI void dequant_tile_init(uint32_t zero_point) {
    MATH((tw_sfpu_constants(tw_self(), zero_point, 0)));
}
TW_SFPU_BINARY(dequant_tile, dequant)
TW_NOT_PROVIDED(quant_int8_tile)
TW_NOT_PROVIDED(requant_int8_tile)
TW_NOT_PROVIDED(requant_int8_in_tile)
TW_NOT_PROVIDED(requant_int8_in_int8_out_tile)
TW_NOT_PROVIDED(dequant_int8_tile)
TW_NOT_PROVIDED(quant_int8_tile_init)
TW_NOT_PROVIDED(requant_int8_tile_init)
TW_NOT_PROVIDED(requant_int8_in_tile_init)
TW_NOT_PROVIDED(requant_int8_in_uint8_out_tile_init)
TW_NOT_PROVIDED(requant_int8_in_int8_out_tile_init)
TW_NOT_PROVIDED(dequant_int8_tile_init)

}  // namespace ckernel
