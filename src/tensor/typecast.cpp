#include "tensor/typecast.h"

#include "base/error.h"
#include "tile/typecast.h"

#include <algorithm>
#include <cstring>

namespace tw {
namespace {

TileShape registers_of(const Tile& tile) {
    return {.faces = static_cast<uint8_t>(tile.num_faces()),
            .face_rows = static_cast<uint8_t>(tile.face_height()),
            .rows = static_cast<uint8_t>(tile.height()),
            .cols = static_cast<uint8_t>(tile.width())};
}

// A page of rows goes through the registers as the op sends it, 1,024 elements at a time. Their order does not matter.
void typecast_row(const uint8_t* in, DataType from, uint8_t* out, DataType to, uint64_t elements) {
    const uint32_t in_bytes = element_size(from), out_bytes = element_size(to);
    alignas(64) uint8_t whole[kTileWords * 4], result[kTileWords * 4];
    for (uint64_t n; elements > 0; elements -= n, in += n * in_bytes, out += n * out_bytes) {
        n = std::min<uint64_t>(elements, kTileWords);
        std::memset(whole, 0, sizeof whole);
        std::memcpy(whole, in, n * in_bytes);
        TW_CHECK(typecast_tile(whole, to_data_format(from), result, to_data_format(to), TileShape{}));
        std::memcpy(out, result, n * out_bytes);
    }
}

}  // namespace

Tensor typecast(const Tensor& tensor, DataType dtype) {
    const DataType from = tensor.dtype();
    const bool is_fp8 = from == DataType::FP8_E4M3 || dtype == DataType::FP8_E4M3;
    if (from == dtype || is_fp8 || !tensor.is_on_device()) return tensor.to_dtype(dtype);
    if (is_block_float(dtype) && tensor.layout() != Layout::TILE) return typecast(tensor.to_layout(Layout::TILE), dtype);
    const TensorSpec spec(tensor.logical_shape(), dtype, tensor.layout(), tensor.memory_config(), tensor.tile());
    Tensor result = Tensor::empty(spec, tensor.device());
    PageCursor in = tensor.buffer("typecast")->cursor(), out = result.buffer("typecast")->cursor();
    const uint64_t pages = tensor.buffer_num_pages();
    TW_CHECK(pages == result.buffer_num_pages());
    const TileShape shape = registers_of(tensor.tile());
    for (uint64_t i = 0; i < pages; ++i, in.next(), out.next()) {
        if (tensor.layout() == Layout::TILE) {
            TW_CHECK(typecast_tile(in.pointer(), to_data_format(from), out.pointer(), to_data_format(dtype), shape));
        } else {
            typecast_row(in.pointer(), from, out.pointer(), dtype, tensor.buffer_page_size() / element_size(from));
        }
    }
    return result;
}

}  // namespace tw
