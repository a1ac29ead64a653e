// Changes of number type on the vector unit, shared by kernels (typecast_tile) and by the stock operation (ttnn.typecast),
// so that the two cannot differ: which function turns DST words of one format into those of another.
#pragma once

#include "tw/abi_compute.h"

#include <cstdint>

namespace tw {

// Formats by their codes; -1 where the words are the same. Block floats and bf16 are floats in DST already.
//
// Integers round twice on their way to a narrow float, as on silicon: to float32 (nearest even), then, by the rounding
// instruction, to bf16 (half away from zero). An Int8 is carried as a byte of two's complement.
constexpr int typecast_function(uint32_t from, uint32_t to) {
    constexpr uint32_t kFloat32 = 0, kFloat16_b = 5, kInt32 = 8, kUInt16 = 9, kInt8 = 14, kUInt32 = 24, kUInt8 = 30;
    const auto is_integer = [](uint32_t f) {
        return f == kInt32 || f == kUInt16 || f == kInt8 || f == kUInt32 || f == kUInt8;
    };
    if (!is_integer(from)) {
        switch (to) {
            case kInt32: return TW_SFPU_float_to_int32;
            case kUInt32: return TW_SFPU_float_to_uint32;
            case kUInt16: return TW_SFPU_float_to_uint16;
            case kUInt8:
            case kInt8: return TW_SFPU_float_to_uint8;
            default: return from == kFloat32 && to == kFloat16_b ? TW_SFPU_to_bf16 : -1;
        }
    }
    if (!is_integer(to)) {
        if (from == kInt8) return TW_SFPU_int8_to_float;
        if (to == kFloat32) return from == kUInt32 ? TW_SFPU_uint32_to_float : TW_SFPU_int32_to_float;
        return from == kUInt32 ? TW_SFPU_uint32_to_bf16 : TW_SFPU_int32_to_bf16;
    }
    if (to == kUInt8 || to == kInt8) return from == kUInt8 || from == kInt8 ? -1 : TW_SFPU_int_to_uint8;
    if (from == kInt8) return to == kUInt16 ? TW_SFPU_int8_to_uint16 : TW_SFPU_int8_to_int32;
    if (to == kUInt16) {
        return from == kInt32 ? TW_SFPU_int32_to_uint16 : from == kUInt32 ? TW_SFPU_uint32_to_uint16 : -1;
    }
    return -1;
}

}  // namespace tw
