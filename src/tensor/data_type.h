// Element types and layouts of tensors, by ttnn's names and values (docs/upstream-api.md H3). DataFormat
// (tile/data_format.h) is the same thing as the chip names it; a DataType is what a user may ask for.
#pragma once

#include "tile/data_format.h"

#include <cstdint>
#include <string_view>

namespace tw {

enum class DataType : uint8_t {
    BFLOAT16 = 0,
    FLOAT32 = 1,
    UINT32 = 2,
    BFLOAT8_B = 3,
    BFLOAT4_B = 4,
    UINT8 = 5,
    UINT16 = 6,
    INT32 = 7,
    FP8_E4M3 = 8,
    INT8 = 9,
    INVALID = 10,
};

enum class Layout : uint8_t { ROW_MAJOR = 0, TILE = 1, INVALID = 2 };

std::string_view name_of(DataType);        // "BFLOAT16"
std::string_view short_name_of(DataType);  // "bfloat16", "bfloat8_b"
std::string_view name_of(Layout);          // "ROW_MAJOR"

DataFormat to_data_format(DataType);  // raises "Unsupported DataType" for INVALID
constexpr bool is_block_float(DataType t) {
    return t == DataType::BFLOAT8_B || t == DataType::BFLOAT4_B;
}
constexpr bool is_float(DataType t) {
    return t == DataType::BFLOAT16 || t == DataType::FLOAT32 || t == DataType::FP8_E4M3 || is_block_float(t);
}
// Bytes of one element. Raises "datum for bfp2, bfp4, bfp8 is invalid" for block floats, which have no element of their
// own.
uint32_t element_size(DataType);

}  // namespace tw
