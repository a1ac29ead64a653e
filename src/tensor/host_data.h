// Numbers of the host (numpy, torch) turned into elements of a tensor and back (docs/upstream-api.md H5.2, H11.2).
//
// Plain pointers and lengths, so that a Python array of any element type is passed without a Python step per element.
// float -> int truncates and wraps as upstream's host does; int -> narrower int wraps; anything -> bfloat16 rounds to
// nearest even.
#pragma once

#include "tensor/data_type.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tw {

enum class HostType : uint8_t {
    Float32,
    Float64,
    Float16,
    BFloat16,  // as uint16 bit patterns
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Bool,
};

uint32_t size_of(HostType);
std::string_view name_of(HostType);
// What from_torch makes of an array when no dtype is given: int64 -> UINT32, int16 -> UINT16, bool -> UINT8, float64 ->
// FLOAT32, float16 -> BFLOAT16 (upstream aborts on the last two).
DataType inferred_data_type(HostType);
// What a tensor is read back as: BFLOAT16 -> BFloat16; FLOAT32, FP8 and block floats -> Float32; integers as they are.
HostType natural_host_type(DataType);

// n elements, contiguous on both sides. Not for block floats (tensor/tilize.h packs those by tiles).
void encode_elements(const void* from, HostType, void* to, DataType, size_t n);
void decode_elements(const void* from, DataType, void* to, HostType, size_t n);
// Host type to host type by the same rules.
void convert_elements(const void* from, HostType, void* to, HostType, size_t n);

uint16_t bfloat16_from_float(float);  // round to nearest even, NaN -> 0x7fc0
float float_from_bfloat16(uint16_t);
uint8_t fp8_e4m3_from_float(float);  // OCP e4m3: no infinities; saturates to 448, NaN -> 0x7f with the sign
float float_from_fp8_e4m3(uint8_t);

}  // namespace tw
