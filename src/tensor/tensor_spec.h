// Everything about a tensor but its contents and address: shape, element type, layout, tile, memory config, and what
// follows from them (padded shape, pages). Making one checks that the parts fit together (docs/upstream-api.md H4.3, H6.1,
// H11.1).
#pragma once

#include "tensor/data_type.h"
#include "tensor/memory_config.h"
#include "tensor/page_layout.h"
#include "tensor/shape.h"
#include "tensor/tile_spec.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tw {

class TensorSpec {
public:
    // Raises upstream's messages for block floats in ROW_MAJOR, sharded layouts without a spec, and shards that do not fit.
    TensorSpec(Shape shape, DataType, Layout, const MemoryConfig& = {}, Tile = {});
    // The same tensor with more padding than its layout needs (Tensor.pad on the host); for interleaved tensors.
    TensorSpec with_padded_shape(Shape) const;

    const Shape& logical_shape() const { return logical_; }
    const Shape& padded_shape() const { return padded_; }
    DataType dtype() const { return dtype_; }
    DataFormat data_format() const { return to_data_format(dtype_); }
    Layout layout() const { return layout_; }
    const Tile& tile() const { return tile_; }  // of a ROW_MAJOR tensor: what a circular buffer over its shards gets
    const MemoryConfig& memory_config() const { return memory_config_; }

    // The 2D view that sharding and pages work on.
    uint64_t physical_height() const { return height_; }  // product of all padded dims but the last
    uint64_t physical_width() const { return width_; }

    uint32_t page_size() const { return pages_.page_size; }
    uint64_t num_pages() const { return pages_.num_pages; }
    const PageLayout& page_layout() const { return pages_; }
    uint64_t packed_bytes() const { return pages_.num_pages * pages_.page_size; }  // pages without alignment gaps

    TensorSpec with_memory_config(const MemoryConfig&) const;
    TensorSpec with_shape(Shape) const;

    // Builders of sharded specs (ttnn.TensorSpec methods).
    TensorSpec height_sharded(const CoreRangeSet&, ShardOrientation = ShardOrientation::ROW_MAJOR) const;
    TensorSpec width_sharded(const CoreRangeSet&, ShardOrientation = ShardOrientation::ROW_MAJOR) const;
    TensorSpec block_sharded(const CoreRange&, ShardOrientation = ShardOrientation::ROW_MAJOR) const;
    TensorSpec sharded(Shape shard_shape, const CoreRangeSet&, ShardShapeAlignment = ShardShapeAlignment::RECOMMENDED,
                       ShardOrientation = ShardOrientation::ROW_MAJOR,
                       ShardDistributionStrategy = ShardDistributionStrategy::ROUND_ROBIN_1D) const;
    TensorSpec sharded_across_dims(const std::vector<int64_t>& dims, const CoreRangeSet&,
                                   ShardOrientation = ShardOrientation::ROW_MAJOR) const;
    TensorSpec sharded_across_dims_except(const std::vector<int64_t>& dims, const CoreRangeSet&,
                                          ShardOrientation = ShardOrientation::ROW_MAJOR) const;

    bool has_extra_padding() const { return extra_padding_; }

    bool operator==(const TensorSpec&) const;
    std::string str() const;

private:
    void set_padded(Shape);  // and the sizes and pages that follow from it
    Shape logical_, padded_;
    DataType dtype_;
    Layout layout_;
    Tile tile_;
    MemoryConfig memory_config_;
    uint64_t height_ = 0, width_ = 0;
    PageLayout pages_;
    bool extra_padding_ = false;
};

}  // namespace tw
