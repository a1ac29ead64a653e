// From one number type to another, in DST. Block floats and bf16 are floats there already.
#pragma once

#include "tw/sfpu_call.h"

namespace ckernel {

TW_SFPU_INIT(typecast_tile_init)

namespace detail {

// The function that turns DST words of one format into words of another, or -1 if they are the same.
constexpr int typecast_function(DataFormat from, DataFormat to) {
    const bool from_int = tw::is_integer_format(from), to_int = tw::is_integer_format(to);
    if (!from_int && !to_int) return from == DataFormat::Float32 && to == DataFormat::Float16_b ? TW_SFPU_to_bf16 : -1;
    if (!to_int) return from == DataFormat::UInt32 ? TW_SFPU_uint32_to_float : TW_SFPU_int32_to_float;
    if (!from_int) {
        switch (to) {
            case DataFormat::Int32: return TW_SFPU_float_to_int32;
            case DataFormat::UInt32: return TW_SFPU_float_to_uint32;
            case DataFormat::UInt16: return TW_SFPU_float_to_uint16;
            default: return TW_SFPU_float_to_uint8;
        }
    }
    if (to == DataFormat::UInt8) return from == DataFormat::UInt8 ? -1 : TW_SFPU_int_to_uint8;
    if (to == DataFormat::UInt16) {
        return from == DataFormat::Int32    ? TW_SFPU_int32_to_uint16
               : from == DataFormat::UInt32 ? TW_SFPU_uint32_to_uint16
                                            : -1;
    }
    return -1;
}

}  // namespace detail

template <uint32_t IN_DTYPE, uint32_t OUT_DTYPE, auto... TwOptions>
ALWI void typecast_tile(uint32_t idst, TW_WHERE) {
    constexpr int function =
        detail::typecast_function(static_cast<DataFormat>(IN_DTYPE), static_cast<DataFormat>(OUT_DTYPE));
    if constexpr (function >= 0) MATH((tw_sfpu(tw_self(), function, 4, idst, 0, 0, 0, TW_SITE)));
}

}  // namespace ckernel
