#include "tensor/tensor_spec.h"

#include "base/error.h"
#include "base/rounding.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw {

namespace {

uint32_t padded_extent(uint32_t value, uint32_t to) {
    const uint64_t result = round_up(value, to);
    if (result > UINT32_MAX)
        raise_host("shape-too-large", fmt::format("extent {} is too large to be padded to {}", value, to));
    return uint32_t(result);
}

uint32_t shard_width(const MemoryConfig& config) {
    return config.shard_spec() ? config.shard_spec()->shape[1] : config.nd_shard_spec()->shard_shape[-1];
}

void check_shard_extent(uint32_t extent) {
    if (extent == 0) raise_host("shard-shape", "Shard shape must not have a zero extent");
}

// 2D specs against the physical 2D shape (docs/upstream-api.md H4.3, texts and order as upstream).
void check_2d(const MemoryConfig& config, uint64_t height, uint64_t width) {
    const ShardSpec& spec = *config.shard_spec();
    const uint32_t shard_h = spec.shape[0], shard_w = spec.shape[1], cores = spec.num_cores();
    const uint64_t high = ceil_div(height, shard_h), wide = ceil_div(width, shard_w);
    const bool row_major = spec.orientation == ShardOrientation::ROW_MAJOR;
    switch (config.memory_layout()) {
        case TensorMemoryLayout::HEIGHT_SHARDED:
            if (shard_w != width) {
                raise_host("shard-width",
                           fmt::format("Shard width {} must match physical width {} for height sharded", shard_w, width));
            }
            if (high > cores) {
                raise_host("too-many-shards",
                           fmt::format("Number of shards along height {} must not exceed number of cores {}", high, cores),
                           {.fix = fmt::format("use shards of at least {} rows, or more cores",
                                               ceil_div(height, std::max(cores, 1u)))});
            }
            break;
        case TensorMemoryLayout::WIDTH_SHARDED:
            if (shard_h != height) {
                raise_host("shard-height",
                           fmt::format("Shard height {} must match physical height {} for width sharded", shard_h, height));
            }
            if (wide > cores) {
                raise_host("too-many-shards",
                           fmt::format("Number of shards along width {} must not exceed number of cores {}", wide, cores),
                           {.fix = fmt::format("use shards of at least {} columns, or more cores",
                                               ceil_div(width, std::max(cores, 1u)))});
            }
            break;
        case TensorMemoryLayout::BLOCK_SHARDED: {
            if (spec.grid.empty() || spec.grid.bounding_box().size() != cores) {
                raise_host("shard-grid-shape", "Shard grid must be one full rectangular grid for block sharded!",
                           {.why = fmt::format("the grid is {}", spec.grid.str())});
            }
            const CoreCoord room = spec.grid.bounding_box().grid_size();
            const char* orientation = row_major ? "row" : "column";
            const auto check = [&](const char* along, uint64_t shards, const char* of, uint32_t available) {
                if (shards <= available) return;
                raise_host(
                    "too-many-shards",
                    fmt::format("Number of shards along {} {} must not exceed number of {} {} for {} major orientation!",
                                along, shards, of, available, orientation));
            };
            check("height", high, row_major ? "rows" : "columns", row_major ? room.y : room.x);
            check("width", wide, row_major ? "columns" : "rows", row_major ? room.x : room.y);
            break;
        }
        default: break;
    }
}

struct Scheme {
    TensorMemoryLayout layout;
    std::array<uint32_t, 2> shape;
};

// The 2D scheme that deals an nD spec's shards to the same cores, as upstream's tensors report it. Cut along one dimension
// only, the shards are blocks of the 2D view; the answers of ttnn 0.81.1 for 121 random specs agree (tests/py).
std::optional<Scheme> scheme_of(const NdShardSpec& spec, const Shape& padded, uint64_t height, uint64_t width) {
    if (spec.strategy != ShardDistributionStrategy::ROUND_ROBIN_1D) return std::nullopt;
    std::vector<uint32_t> tensor = padded.dims(), shard = spec.shard_shape.dims();
    if (tensor.size() < 2) tensor.insert(tensor.begin(), 2 - tensor.size(), 1);
    if (shard.size() < tensor.size()) shard.insert(shard.begin(), tensor.size() - shard.size(), 1);
    if (shard.size() != tensor.size()) return std::nullopt;
    const size_t rows_end = tensor.size() - 1;
    size_t cut = 0;  // the outermost dimension that a shard has more than one of
    while (cut + 1 < rows_end && shard[cut] == 1) ++cut;
    for (size_t i = cut + 1; i < rows_end; ++i)
        if (shard[i] != tensor[i]) return std::nullopt;
    uint64_t shard_h = 1;
    for (size_t i = 0; i < rows_end; ++i)
        if (__builtin_mul_overflow(shard_h, uint64_t{shard[i]}, &shard_h) || shard_h > UINT32_MAX) return std::nullopt;
    const uint32_t shard_w = shard.back(), cores = spec.num_cores();
    const uint64_t high = ceil_div(height, shard_h), wide = ceil_div(width, shard_w);
    const auto scheme = [&](TensorMemoryLayout layout) { return Scheme{layout, {uint32_t(shard_h), shard_w}}; };
    if (shard_h == height && wide <= cores) return scheme(TensorMemoryLayout::WIDTH_SHARDED);
    if (shard_w == width && high <= cores) return scheme(TensorMemoryLayout::HEIGHT_SHARDED);
    if (spec.orientation != ShardOrientation::ROW_MAJOR || spec.grid.empty()) return std::nullopt;
    const CoreRange box = spec.grid.bounding_box();
    // Dealt row by row, shards fill the rows of the grid only if it is as wide as they are.
    const bool fills = box.size() == cores && wide == box.grid_size().x && high <= box.grid_size().y;
    return fills ? std::optional(scheme(TensorMemoryLayout::BLOCK_SHARDED)) : std::nullopt;
}

// A tensor of higher rank than its shards is seen with its outer dimensions folded into one.
std::vector<uint32_t> fold_to_rank(const Shape& shape, size_t rank) {
    if (shape.rank() < rank) {
        raise_host("shard-rank",
                   fmt::format("Shard shape of rank {} is larger than the rank {} of the tensor", rank, shape.rank()));
    }
    std::vector<uint32_t> dims(shape.begin() + std::ptrdiff_t(shape.rank() - rank), shape.end());
    for (size_t i = 0; i + rank < shape.rank(); ++i)
        if (__builtin_mul_overflow(dims[0], shape.dims()[i], &dims[0]))
            raise_host("shape-too-large",
                       fmt::format("{} with its outer dimensions folded to rank {} has an extent of 2^32 or more",
                                   shape.str(), rank));
    return dims;
}

}  // namespace

TensorSpec::TensorSpec(Shape shape, DataType dtype, Layout layout, const MemoryConfig& config, Tile tile)
    : logical_(std::move(shape)), dtype_(dtype), layout_(layout), tile_(tile), memory_config_(config.as_given()) {
    if (layout != Layout::ROW_MAJOR && layout != Layout::TILE) raise_host("layout", "Unsupported Layout");
    to_data_format(dtype);  // raises for INVALID
    if (is_block_float(dtype) && layout != Layout::TILE) {
        raise_host("block-float-layout", fmt::format("Only TILE layout is supported for {} dtype!", name_of(dtype)),
                   {.fix = "use layout=ttnn.TILE_LAYOUT"});
    }
    const bool sharded = memory_config_.is_sharded();
    if (sharded && !memory_config_.shard_spec() && !memory_config_.nd_shard_spec()) {
        raise_host("no-shard-spec",
                   fmt::format("a {} memory config without a shard spec cannot place a tensor (bad optional access)",
                               name_of(memory_config_.memory_layout())),
                   {.fix = "give a shard_spec, e.g. by ttnn.create_sharded_memory_config"});
    }
    if (sharded) {
        memory_config_ = memory_config_.with_nd_equivalent();
        for (uint32_t extent : memory_config_.nd_shard_spec()->shard_shape) check_shard_extent(extent);
        if (memory_config_.nd_shard_spec()->shard_shape.rank() == 0)
            raise_host("shard-shape", "Shard shape must have at least one extent");
    }

    std::vector<uint32_t> padded = logical_.dims();
    if (layout == Layout::TILE) {
        if (padded.size() < 2) padded.insert(padded.begin(), 2 - padded.size(), 1);
        uint32_t &h = padded[padded.size() - 2], &w = padded.back();
        h = padded_extent(h, tile_.height());
        w = padded_extent(w, tile_.width());
    } else if (sharded && !padded.empty()) {
        padded.back() = padded_extent(padded.back(), shard_width(memory_config_));
    }
    set_padded(Shape(std::move(padded)));
    if (!sharded) return;

    const NdShardSpec nd = *memory_config_.nd_shard_spec();
    const uint32_t page_h = layout == Layout::TILE ? tile_.height() : 1;
    const uint32_t page_w = layout == Layout::TILE ? tile_.width() : shard_width(memory_config_);
    if (layout == Layout::TILE) {
        const uint32_t shard_h = nd.shard_shape.rank() > 1 ? nd.shard_shape[-2] : 1, shard_w = nd.shard_shape[-1];
        if (shard_h % page_h != 0 || shard_w % page_w != 0) {
            raise_host("shard-not-tiled", fmt::format("Physical shard shape ({}, {}) must be tile {{{}, {}}} sized!",
                                                      shard_h, shard_w, page_h, page_w));
        }
    }
    Shape tensor_pages = padded_.rank() == 0 ? Shape{1} : padded_;
    std::vector<uint32_t> shard_pages = nd.shard_shape.dims();
    if (memory_config_.shard_spec()) {
        check_2d(memory_config_, height_, width_);
        if (height_ > UINT32_MAX)
            raise_host("shape-too-large",
                       fmt::format("{} has {} rows; a sharded tensor may have 2^32 - 1", logical_.str(), height_));
        tensor_pages = Shape{uint32_t(height_), uint32_t(width_)};
        if (padded_.rank() == 1) {
            if (nd.shard_shape[-2] != 1)
                raise_host("shard-rank", "Shard shape must be 1D for 1D tensor!",
                           {.why = fmt::format("{} is seen as one row, and the shards have {} rows", logical_.str(),
                                               nd.shard_shape[-2])});
            memory_config_ = memory_config_.with_nd_equivalent(true);
        }
    } else if (const auto scheme = scheme_of(nd, padded_, height_, width_)) {
        memory_config_ = memory_config_.with_2d_equivalent(scheme->layout, scheme->shape);
    }
    std::vector<uint32_t> pages = fold_to_rank(tensor_pages, shard_pages.size());
    const auto to_pages = [&](std::vector<uint32_t>& dims) {
        dims.back() /= page_w;
        if (dims.size() > 1) dims[dims.size() - 2] /= page_h;
    };
    to_pages(pages);
    to_pages(shard_pages);
    pages_.sharding.emplace(std::move(pages), std::move(shard_pages), nd.grid, nd.orientation, nd.strategy);
}

void TensorSpec::set_padded(Shape padded) {
    const bool sharded = memory_config_.is_sharded();
    padded_ = std::move(padded);
    padded_.volume();  // raises when it overflows
    width_ = padded_.rank() == 0 ? 1 : padded_[-1];
    height_ = 1;
    for (size_t i = 0; i + 1 < padded_.rank(); ++i) height_ *= padded_.dims()[i];

    const uint32_t page_h = layout_ == Layout::TILE ? tile_.height() : 1;
    uint32_t page_w = layout_ == Layout::TILE ? tile_.width() : uint32_t(width_);
    if (sharded && layout_ == Layout::ROW_MAJOR) page_w = shard_width(memory_config_);
    const uint64_t page_bytes = layout_ == Layout::TILE ? tile_.size(dtype_) : uint64_t{page_w} * element_size(dtype_);
    if (page_bytes > UINT32_MAX)
        raise_host("page-too-large", fmt::format("a page of {} B is larger than 4 GiB", page_bytes));
    pages_.page_size = uint32_t(page_bytes);
    pages_.num_pages = page_w == 0 ? 0 : (height_ / page_h) * (width_ / page_w);
    if (pages_.num_pages > UINT32_MAX)
        raise_host("too-many-pages",
                   fmt::format("{} has {} pages; 2^32 - 1 are possible", logical_.str(), pages_.num_pages));
}

TensorSpec TensorSpec::with_padded_shape(Shape padded) const {
    if (memory_config_.is_sharded()) raise_host("padded-shape", "A sharded tensor takes no padding of its own");
    const bool tiled = layout_ == Layout::TILE;
    bool fits = padded.rank() == padded_.rank();
    for (size_t i = 0; fits && i < padded.rank(); ++i) {
        const uint32_t wanted = padded.dims()[i], least = padded_.dims()[i];
        const size_t from_end = padded.rank() - i;
        const uint32_t unit = !tiled || from_end > 2 ? 1 : from_end == 2 ? tile_.height() : tile_.width();
        fits = tiled && from_end > 2 ? wanted == least : wanted >= least && wanted % unit == 0;
    }
    if (!fits)
        raise_host("padded-shape",
                   fmt::format("{} cannot be the padded shape of a {} tensor of {}", padded.str(), name_of(layout_),
                               logical_.str()),
                   {.fix = fmt::format("give no extent below {}{}", padded_.str(),
                                       tiled ? ", whole tiles, and pad the last two dimensions only" : "")});
    TensorSpec result = *this;
    result.set_padded(std::move(padded));
    result.extra_padding_ = result.padded_ != padded_ || extra_padding_;
    return result;
}

TensorSpec TensorSpec::with_memory_config(const MemoryConfig& config) const {
    const TensorSpec spec{logical_, dtype_, layout_, config, tile_};
    return extra_padding_ ? spec.with_padded_shape(padded_) : spec;
}
TensorSpec TensorSpec::with_shape(Shape shape) const {
    return {std::move(shape), dtype_, layout_, memory_config_, tile_};
}

namespace {

// Shards of tiled tensors are whole tiles.
uint32_t shard_extent(uint64_t extent, uint64_t parts, uint32_t unit) {
    return padded_extent(uint32_t(std::max<uint64_t>(ceil_div(extent, parts), 1)), unit);
}

}  // namespace

TensorSpec TensorSpec::height_sharded(const CoreRangeSet& grid, ShardOrientation orientation) const {
    const uint32_t unit = layout_ == Layout::TILE ? tile_.height() : 1;
    const ShardSpec spec{
        grid, {shard_extent(height_, std::max(grid.num_cores(), 1u), unit), uint32_t(width_)}, orientation};
    return with_memory_config(MemoryConfig(TensorMemoryLayout::HEIGHT_SHARDED, memory_config_.buffer_type(), spec));
}

TensorSpec TensorSpec::width_sharded(const CoreRangeSet& grid, ShardOrientation orientation) const {
    const uint32_t unit = layout_ == Layout::TILE ? tile_.width() : 1;
    const ShardSpec spec{
        grid, {uint32_t(height_), shard_extent(width_, std::max(grid.num_cores(), 1u), unit)}, orientation};
    return with_memory_config(MemoryConfig(TensorMemoryLayout::WIDTH_SHARDED, memory_config_.buffer_type(), spec));
}

TensorSpec TensorSpec::block_sharded(const CoreRange& range, ShardOrientation orientation) const {
    CoreCoord room = range.grid_size();
    if (orientation == ShardOrientation::COL_MAJOR) std::swap(room.x, room.y);
    const bool tiled = layout_ == Layout::TILE;
    const ShardSpec spec{CoreRangeSet(range),
                         {shard_extent(height_, room.y, tiled ? tile_.height() : 1),
                          shard_extent(width_, room.x, tiled ? tile_.width() : 1)},
                         orientation};
    return with_memory_config(MemoryConfig(TensorMemoryLayout::BLOCK_SHARDED, memory_config_.buffer_type(), spec));
}

TensorSpec TensorSpec::sharded(Shape shard_shape, const CoreRangeSet& grid, ShardShapeAlignment alignment,
                               ShardOrientation orientation, ShardDistributionStrategy strategy) const {
    if (alignment != ShardShapeAlignment::NONE && layout_ == Layout::TILE) {
        const auto rank = int64_t(shard_shape.rank());
        if (rank > 0) shard_shape.set(-1, padded_extent(shard_shape[-1], tile_.width()));
        if (rank > 1) shard_shape.set(-2, padded_extent(shard_shape[-2], tile_.height()));
    }
    return with_memory_config(
        MemoryConfig(memory_config_.buffer_type(), NdShardSpec{std::move(shard_shape), grid, orientation, strategy}));
}

TensorSpec TensorSpec::sharded_across_dims(const std::vector<int64_t>& dims, const CoreRangeSet& grid,
                                           ShardOrientation orientation) const {
    Shape shard = padded_;
    for (int64_t dim : dims) shard.set(dim, 1);
    return sharded(std::move(shard), grid, ShardShapeAlignment::REQUIRED, orientation);
}

TensorSpec TensorSpec::sharded_across_dims_except(const std::vector<int64_t>& dims, const CoreRangeSet& grid,
                                                  ShardOrientation orientation) const {
    Shape shard(std::vector<uint32_t>(padded_.rank(), 1));
    for (int64_t dim : dims) shard.set(dim, padded_[dim]);
    return sharded(std::move(shard), grid, ShardShapeAlignment::REQUIRED, orientation);
}

bool TensorSpec::operator==(const TensorSpec& other) const {
    return logical_ == other.logical_ && padded_ == other.padded_ && dtype_ == other.dtype_ && layout_ == other.layout_ &&
           tile_ == other.tile_ && memory_config_ == other.memory_config_;
}

std::string TensorSpec::str() const {
    return fmt::format("TensorSpec(shape={},dtype=DataType::{},layout=Layout::{},memory_config={})", logical_.str(),
                       name_of(dtype_), name_of(layout_), memory_config_.str());
}

}  // namespace tw
