// Affine quantization of Float32 tiles to Int32 tiles and back. Int8 tiles travel as UInt8 bytes: the packer and the
// unpacker move the byte, the functions here give it its sign.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

// The init calls keep the zero point, and the range of Int32 results: 0 for -127..127, 1 for 0..255.
#define TW_QUANT_INIT_(name, range)                              \
    ALWI void name(uint32_t zero_point, TW_WHERE) {              \
        TW_CONFIG(name);                                         \
        MATH((tw_sfpu_constants(tw_self(), zero_point, range))); \
    }

TW_QUANT_INIT_(quant_tile_init, 0)
TW_QUANT_INIT_(quant_uint8_tile_init, 1)
TW_SFPU_BINARY(quant_tile, quant)
TW_QUANT_INIT_(quant_int8_tile_init, 0)
TW_SFPU_BINARY(quant_int8_tile, quant_int8)

TW_QUANT_INIT_(requant_tile_init, 0)
TW_QUANT_INIT_(requant_uint8_tile_init, 1)
TW_SFPU_BINARY(requant_tile, requant)
TW_QUANT_INIT_(requant_int8_tile_init, 0)
TW_SFPU_BINARY(requant_int8_tile, requant_int8)
TW_QUANT_INIT_(requant_int8_in_tile_init, 0)
TW_QUANT_INIT_(requant_int8_in_uint8_out_tile_init, 1)
TW_SFPU_BINARY(requant_int8_in_tile, requant_int8_in)
TW_QUANT_INIT_(requant_int8_in_int8_out_tile_init, 0)
TW_SFPU_BINARY(requant_int8_in_int8_out_tile, requant_int8_in_int8_out)

TW_QUANT_INIT_(dequant_tile_init, 0)
TW_SFPU_BINARY(dequant_tile, dequant)
TW_QUANT_INIT_(dequant_int8_tile_init, 0)
TW_SFPU_BINARY(dequant_int8_tile, dequant_int8)
#undef TW_QUANT_INIT_

}  // namespace ckernel
