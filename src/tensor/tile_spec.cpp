#include "tensor/tile_spec.h"

#include "base/error.h"

#include <fmt/format.h>

namespace tw {

bool Tile::is_valid(uint32_t height, uint32_t width) {
    const bool height_ok = height == 1 || height == 2 || height == 4 || height == 8 || height == 16 || height == 32;
    return height_ok && (width == 16 || width == 32);
}

Tile::Tile(uint32_t height, uint32_t width, bool transpose) : height_(height), width_(width), transpose_(transpose) {
    if (is_valid(height, width)) return;
    raise_host("tile-shape", "Tile size is not valid for our hardware",
               {.why = fmt::format("got {}x{}", height, width), .fix = "height 1, 2, 4, 8, 16 or 32, width 16 or 32"});
}

uint32_t Tile::size(DataType type) const {
    return size(to_data_format(type));
}
uint32_t Tile::size(DataFormat format) const {
    return tile_size(format, height_, width_);
}
std::string Tile::str() const {
    return fmt::format("Tile with shape: [{}, {}]", height_, width_);
}

uint32_t tile_size(DataFormat format, uint32_t height, uint32_t width) {
    const uint32_t elements = height * width;
    switch (format) {
        case DataFormat::Float32:
        case DataFormat::Tf32:
        case DataFormat::Int32:
        case DataFormat::UInt32: return elements * 4;
        case DataFormat::Float16:
        case DataFormat::Float16_b:
        case DataFormat::UInt16: return elements * 2;
        case DataFormat::Lf8:
        case DataFormat::Fp8_e4m3:
        case DataFormat::Int8:
        case DataFormat::UInt8: return elements;
        case DataFormat::Bfp8:
        case DataFormat::Bfp8_b: return exponent_section_bytes(height, width) + elements;
        case DataFormat::Bfp4:
        case DataFormat::Bfp4_b: return exponent_section_bytes(height, width) + elements / 2;
        case DataFormat::Bfp2:
        case DataFormat::Bfp2_b: return exponent_section_bytes(height, width) + elements / 4;
        case DataFormat::Invalid: return 0;
    }
    return 0;
}

}  // namespace tw
