#include "tensor/tilize.h"

#include "base/error.h"
#include "tensor/block_float.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace tw {

namespace {

constexpr uint32_t kMaxTile = kTileSide * kTileSide;
constexpr uint32_t kRun = 16;  // elements of one face row; a block of the block floats

// How the row-major array and the padded tensor lie over each other: planes of rows by columns.
struct Planes {
    uint64_t count = 1;           // outer dimensions are never padded
    uint64_t rows = 1, cols = 1;  // of the host array in each plane
    uint64_t padded_rows = 1, padded_cols = 1;
};

Planes planes_of(const Shape& array, const Shape& padded) {
    Planes p;
    p.padded_rows = padded.rank() >= 2 ? padded[-2] : 1;
    p.padded_cols = padded.rank() >= 1 ? padded[-1] : 1;
    p.rows = array.rank() >= 2 ? array[-2] : 1;
    p.cols = array.rank() >= 1 ? array[-1] : 1;
    for (size_t i = 0; i + 2 < array.rank(); ++i) p.count *= array.dims()[i];
    return p;
}

// The order in which a tile's elements are stored: runs of 16, each a piece of one row of the tile, or (transposed tiles)
// of one column.
class TileOrder {
public:
    struct Run {
        uint8_t row, col;
    };
    explicit TileOrder(const Tile& tile) : transposed_(tile.transpose_within_face()), runs_count_(tile.volume() / kRun) {
        const uint32_t h = tile.height(), w = tile.width(), fh = tile.face_height(), fw = tile.face_width();
        if (!transposed_) {
            for (uint32_t run = 0; run < runs_count_; ++run) {
                const uint32_t face = run / fh, row_in_face = run % fh;
                runs_[run] = {uint8_t(face / (w / fw) * fh + row_in_face), uint8_t(face % (w / fw) * fw)};
            }
            return;
        }
        for (uint32_t row = 0; row < h; ++row) {
            for (uint32_t col = 0; col < w; ++col) {
                const uint32_t face = col / fw * (h / fh) + row / fh;
                const uint32_t index = face * fh * fw + col % fw * fh + row % fh;
                elements_[index] = {uint8_t(row), uint8_t(col)};
            }
        }
    }
    bool transposed() const { return transposed_; }
    uint32_t runs() const { return runs_count_; }
    Run run(uint32_t i) const { return runs_[i]; }
    Run element(uint32_t i) const { return elements_[i]; }

private:
    bool transposed_;
    uint32_t runs_count_;
    std::array<Run, kMaxTile / kRun> runs_{};
    std::array<Run, kMaxTile> elements_{};
};

// Moves a whole tile between a row-major plane and a stage in storage order.
template <uint32_t kBytes, bool kGather>
void move_tile(const TileOrder& order, std::byte* plane, uint64_t row_bytes, std::byte* stage) {
    const auto move = [&](uint64_t offset, uint32_t at, auto count) {
        if constexpr (kGather) {
            std::memcpy(stage + at * kBytes, plane + offset, count * kBytes);
        } else {
            std::memcpy(plane + offset, stage + at * kBytes, count * kBytes);
        }
    };
    if (!order.transposed()) {
        for (uint32_t i = 0; i < order.runs(); ++i) {
            const auto [row, col] = order.run(i);
            move(row * row_bytes + col * kBytes, i * kRun, std::integral_constant<uint32_t, kRun>{});
        }
    } else {
        for (uint32_t i = 0; i < order.runs() * kRun; ++i) {
            const auto [row, col] = order.element(i);
            move(row * row_bytes + col * kBytes, i, std::integral_constant<uint32_t, 1>{});
        }
    }
}

using MoveTile = void (*)(const TileOrder&, std::byte*, uint64_t, std::byte*);

template <bool kGather>
MoveTile mover(uint32_t bytes) {
    switch (bytes) {
        case 1: return move_tile<1, kGather>;
        case 2: return move_tile<2, kGather>;
        case 4: return move_tile<4, kGather>;
        default: return move_tile<8, kGather>;
    }
}

void pack_tile_page(const float* values, const Tile& tile, DataType type, uint8_t* page) {
    const uint32_t blocks = tile.volume() / kRun, section = exponent_section_bytes(tile.height(), tile.width());
    const uint32_t bytes = type == DataType::BFLOAT8_B ? kRun : kRun / 2;
    std::memset(page + blocks, 0, section - blocks);
    uint8_t* mantissas = page + section;
    const auto pack = type == DataType::BFLOAT8_B ? pack_bfp8_block : pack_bfp4_block;
    for (uint32_t i = 0; i < blocks; ++i) page[i] = pack(values + i * kRun, mantissas + i * bytes);
}

void unpack_tile_page(const uint8_t* page, const Tile& tile, DataType type, float* values) {
    const uint32_t blocks = tile.volume() / kRun, section = exponent_section_bytes(tile.height(), tile.width());
    const uint32_t bytes = type == DataType::BFLOAT8_B ? kRun : kRun / 2;
    const uint8_t* mantissas = page + section;
    const auto unpack = type == DataType::BFLOAT8_B ? unpack_bfp8_block : unpack_bfp4_block;
    for (uint32_t i = 0; i < blocks; ++i) unpack(page[i], mantissas + i * bytes, values + i * kRun);
}

void encode_stage(const void* stage, HostType type, const TensorSpec& spec, uint8_t* page) {
    const uint32_t n = spec.tile().volume();
    if (!is_block_float(spec.dtype())) return encode_elements(stage, type, page, spec.dtype(), n);
    if (type == HostType::Float32) return pack_tile_page(static_cast<const float*>(stage), spec.tile(), spec.dtype(), page);
    float values[kMaxTile];
    convert_elements(stage, type, values, HostType::Float32, n);
    pack_tile_page(values, spec.tile(), spec.dtype(), page);
}

void decode_stage(const uint8_t* page, const TensorSpec& spec, void* stage, HostType type) {
    const uint32_t n = spec.tile().volume();
    if (!is_block_float(spec.dtype())) return decode_elements(page, spec.dtype(), stage, type, n);
    if (type == HostType::Float32) return unpack_tile_page(page, spec.tile(), spec.dtype(), static_cast<float*>(stage));
    float values[kMaxTile];
    unpack_tile_page(page, spec.tile(), spec.dtype(), values);
    convert_elements(values, HostType::Float32, stage, type, n);
}

// Values that stand for themselves in a page: moved without a conversion.
bool is_identity(DataType dtype, HostType type) {
    return !is_block_float(dtype) && dtype != DataType::FP8_E4M3 && natural_host_type(dtype) == type;
}

struct Stage {
    alignas(64) std::byte bytes[kMaxTile * 8];
};

void encode_tiles(const TensorSpec& spec, const std::byte* from, HostType type, PageCursor& to, double pad_value) {
    const Planes p = planes_of(spec.logical_shape(), spec.padded_shape());
    const Tile& tile = spec.tile();
    const TileOrder order(tile);
    const uint32_t bytes = size_of(type);
    const uint64_t row_bytes = p.cols * bytes;
    const bool identity = is_identity(spec.dtype(), type);
    const MoveTile gather = mover<true>(bytes);
    Stage stage;

    // Tiles at the border are put together in the type that the elements are encoded from, with the padding around them.
    const HostType natural = natural_host_type(spec.dtype());
    const uint32_t natural_bytes = size_of(natural);
    const MoveTile gather_natural = mover<true>(natural_bytes);
    Stage border;
    std::byte pad[8];
    convert_elements(&pad_value, HostType::Float64, pad, natural, 1);

    for (uint64_t plane = 0; plane < p.count; ++plane, from += p.rows * row_bytes) {
        for (uint64_t row = 0; row < p.padded_rows; row += tile.height()) {
            for (uint64_t col = 0; col < p.padded_cols; col += tile.width(), to.next()) {
                const uint64_t h = std::min<uint64_t>(tile.height(), p.rows - std::min(p.rows, row));
                const uint64_t w = std::min<uint64_t>(tile.width(), p.cols - std::min(p.cols, col));
                const std::byte* corner = from + row * row_bytes + col * bytes;
                if (h == tile.height() && w == tile.width()) {
                    auto* target = identity ? reinterpret_cast<std::byte*>(to.pointer()) : stage.bytes;
                    gather(order, const_cast<std::byte*>(corner), row_bytes, target);
                    if (!identity) encode_stage(stage.bytes, type, spec, to.pointer());
                    continue;
                }
                for (uint32_t r = 0; r < tile.height(); ++r) {
                    std::byte* line = border.bytes + r * tile.width() * natural_bytes;
                    const uint64_t filled = r < h ? w : 0;
                    if (filled > 0) convert_elements(corner + r * row_bytes, type, line, natural, filled);
                    for (uint64_t c = filled; c < tile.width(); ++c)
                        std::memcpy(line + c * natural_bytes, pad, natural_bytes);
                }
                gather_natural(order, border.bytes, tile.width() * natural_bytes, stage.bytes);
                encode_stage(stage.bytes, natural, spec, to.pointer());
            }
        }
    }
}

void decode_tiles(const TensorSpec& spec, const Shape& array, PageCursor& from, std::byte* to, HostType type) {
    const Planes p = planes_of(array, spec.padded_shape());
    const Tile& tile = spec.tile();
    const TileOrder order(tile);
    const uint32_t bytes = size_of(type);
    const uint64_t row_bytes = p.cols * bytes;
    const bool identity = is_identity(spec.dtype(), type);
    const MoveTile scatter = mover<false>(bytes);
    Stage stage, border;
    for (uint64_t plane = 0; plane < p.count; ++plane, to += p.rows * row_bytes) {
        for (uint64_t row = 0; row < p.padded_rows; row += tile.height()) {
            for (uint64_t col = 0; col < p.padded_cols; col += tile.width(), from.next()) {
                if (row >= p.rows || col >= p.cols) continue;
                auto* source = identity ? reinterpret_cast<std::byte*>(from.pointer()) : stage.bytes;
                if (!identity) decode_stage(from.pointer(), spec, stage.bytes, type);
                const uint64_t h = std::min<uint64_t>(tile.height(), p.rows - row),
                               w = std::min<uint64_t>(tile.width(), p.cols - col);
                std::byte* corner = to + row * row_bytes + col * bytes;
                if (h == tile.height() && w == tile.width()) {
                    scatter(order, corner, row_bytes, source);
                    continue;
                }
                scatter(order, border.bytes, uint64_t{tile.width()} * bytes, source);
                for (uint64_t r = 0; r < h; ++r)
                    std::memcpy(corner + r * row_bytes, border.bytes + r * tile.width() * bytes, w * bytes);
            }
        }
    }
}

// Which row of a host array stands in each row of the padded tensor, in their order. Rows of padding (Tensor.pad) have
// none.
class RowWalk {
public:
    RowWalk(const Shape& array, const Shape& padded) {
        for (size_t i = 0; i + 1 < padded.rank(); ++i) {
            padded_.push_back(padded.dims()[i]);
            array_.push_back(array.dims()[i]);
        }
        at_.assign(padded_.size(), 0);
        outside_ = static_cast<uint32_t>(std::count(array_.begin(), array_.end(), 0u));
    }
    bool is_padding() const { return outside_ > 0; }
    void next() {
        for (size_t i = at_.size(); i-- > 0;) {
            outside_ -= at_[i] >= array_[i];
            if (++at_[i] == padded_[i]) at_[i] = 0;
            outside_ += at_[i] >= array_[i];
            if (at_[i] != 0) return;
        }
    }

private:
    std::vector<uint32_t> padded_, array_, at_;
    uint32_t outside_ = 0;  // dimensions in which this row lies beyond the array
};

// ROW_MAJOR: a page is a row, or with shards a shard-wide piece of one.
void encode_rows(const TensorSpec& spec, const std::byte* from, HostType type, PageCursor& to, double pad_value) {
    const uint64_t rows = spec.physical_height(), padded = spec.physical_width();
    const uint64_t cols = spec.logical_shape().rank() == 0 ? 1 : spec.logical_shape()[-1];
    const uint32_t bytes = size_of(type), element = element_size(spec.dtype());
    if (to.is_packed() && !spec.has_extra_padding() && cols == padded)
        return encode_elements(from, type, to.pointer(), spec.dtype(), rows * cols);
    const uint64_t piece = spec.page_size() / element;
    uint8_t pad[8];
    encode_elements(&pad_value, HostType::Float64, pad, spec.dtype(), 1);
    RowWalk walk(spec.logical_shape(), spec.padded_shape());
    for (uint64_t row = 0; row < rows; ++row, walk.next()) {
        for (uint64_t col = 0; col < padded; col += piece, to.next()) {
            const uint64_t filled = walk.is_padding() ? 0 : std::min(piece, cols - std::min(cols, col));
            encode_elements(from + col * bytes, type, to.pointer(), spec.dtype(), filled);
            for (uint64_t c = filled; c < piece; ++c) std::memcpy(to.pointer() + c * element, pad, element);
        }
        if (!walk.is_padding()) from += cols * bytes;
    }
}

void decode_rows(const TensorSpec& spec, const Shape& array, PageCursor& from, std::byte* to, HostType type) {
    const uint64_t rows = spec.physical_height(), padded = spec.physical_width();
    const uint64_t cols = array.rank() == 0 ? 1 : array[-1];
    const uint32_t bytes = size_of(type), element = element_size(spec.dtype());
    if (from.is_packed() && !spec.has_extra_padding() && cols == padded)
        return decode_elements(from.pointer(), spec.dtype(), to, type, rows * cols);
    const uint64_t piece = spec.page_size() / element;
    RowWalk walk(array, spec.padded_shape());
    for (uint64_t row = 0; row < rows; ++row, walk.next()) {
        for (uint64_t col = 0; col < padded; col += piece, from.next()) {
            if (col < cols && !walk.is_padding())
                decode_elements(from.pointer(), spec.dtype(), to + col * bytes, type, std::min(piece, cols - col));
        }
        if (!walk.is_padding()) to += cols * bytes;
    }
}

void decode(const TensorSpec& spec, const Shape& array, PageCursor from, void* to, HostType type) {
    if (spec.num_pages() == 0) return;
    auto* target = static_cast<std::byte*>(to);
    if (spec.layout() == Layout::TILE) return decode_tiles(spec, array, from, target, type);
    decode_rows(spec, array, from, target, type);
}

}  // namespace

void encode_pages(const TensorSpec& spec, const void* from, HostType type, PageCursor to, double pad_value) {
    if (spec.num_pages() == 0) return;
    const auto* source = static_cast<const std::byte*>(from);
    if (spec.layout() == Layout::TILE) return encode_tiles(spec, source, type, to, pad_value);
    encode_rows(spec, source, type, to, pad_value);
}

void decode_pages(const TensorSpec& spec, PageCursor from, void* to, HostType type) {
    decode(spec, spec.logical_shape(), std::move(from), to, type);
}

void decode_padded_pages(const TensorSpec& spec, PageCursor from, void* to, HostType type) {
    decode(spec, spec.padded_shape(), std::move(from), to, type);
}

}  // namespace tw
