#include "tensor/data_type.h"

#include "base/error.h"

#include <array>

namespace tw {

namespace {

struct TypeRow {
    std::string_view name, short_name;
    DataFormat format;
    uint8_t bytes;  // 0: block float
};

// Indexed by DataType (docs/upstream-api.md H3).
constexpr std::array<TypeRow, 10> kTypes = {{
    {"BFLOAT16", "bfloat16", DataFormat::Float16_b, 2},
    {"FLOAT32", "float32", DataFormat::Float32, 4},
    {"UINT32", "uint32", DataFormat::UInt32, 4},
    {"BFLOAT8_B", "bfloat8_b", DataFormat::Bfp8_b, 0},
    {"BFLOAT4_B", "bfloat4_b", DataFormat::Bfp4_b, 0},
    {"UINT8", "uint8", DataFormat::UInt8, 1},
    {"UINT16", "uint16", DataFormat::UInt16, 2},
    {"INT32", "int32", DataFormat::Int32, 4},
    {"FP8_E4M3", "fp8_e4m3", DataFormat::Fp8_e4m3, 1},
    {"INT8", "int8", DataFormat::Int8, 1},
}};

const TypeRow& row(DataType type) {
    if (size_t(type) >= kTypes.size())
        raise_host("dtype", "Unsupported DataType", {.fix = "use one of ttnn's dtypes, e.g. ttnn.bfloat16"});
    return kTypes[size_t(type)];
}

}  // namespace

std::string_view name_of(DataType type) {
    return type == DataType::INVALID ? "INVALID" : row(type).name;
}
std::string_view short_name_of(DataType type) {
    return type == DataType::INVALID ? "invalid" : row(type).short_name;
}

std::string_view name_of(Layout layout) {
    switch (layout) {
        case Layout::ROW_MAJOR: return "ROW_MAJOR";
        case Layout::TILE: return "TILE";
        case Layout::INVALID: return "INVALID";
    }
    return "INVALID";
}

DataFormat to_data_format(DataType type) {
    return row(type).format;
}

uint32_t element_size(DataType type) {
    if (is_block_float(type)) {
        raise_host("block-float-element", "datum for bfp2, bfp4, bfp8 is invalid",
                   {.why = "elements of a block float share an exponent and have no size of their own",
                    .fix = "ask for the size of a tile"});
    }
    return row(type).bytes;
}

}  // namespace tw
