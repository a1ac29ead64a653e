// Where a tensor's pages go: which memory, spread over all banks or cut into shards on named cores (docs/upstream-api.md
// H4.3).
#pragma once

#include "device/core_coord.h"
#include "device/device.h"
#include "tensor/shape.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tw {

enum class TensorMemoryLayout : uint8_t {
    INTERLEAVED = 0,
    HEIGHT_SHARDED = 2,
    WIDTH_SHARDED = 3,
    BLOCK_SHARDED = 4,
    ND_SHARDED = 5,
};
enum class ShardOrientation : uint8_t { ROW_MAJOR = 0, COL_MAJOR = 1 };
enum class ShardDistributionStrategy : uint8_t { ROUND_ROBIN_1D = 0, GRID_2D = 1, CONTIGUOUS_1D = 2 };
enum class ShardShapeAlignment : uint8_t { NONE = 0, REQUIRED = 1, RECOMMENDED = 2 };

std::string_view name_of(BufferType);
std::string_view name_of(TensorMemoryLayout);
std::string_view name_of(ShardOrientation);
std::string_view name_of(ShardDistributionStrategy);

struct ShardSpec {
    CoreRangeSet grid;
    std::array<uint32_t, 2> shape = {};  // height, width in elements
    ShardOrientation orientation = ShardOrientation::ROW_MAJOR;

    uint32_t num_cores() const { return grid.num_cores(); }
    bool operator==(const ShardSpec&) const = default;
    std::string str() const;
};

struct NdShardSpec {
    Shape shard_shape;
    CoreRangeSet grid;
    ShardOrientation orientation = ShardOrientation::ROW_MAJOR;
    ShardDistributionStrategy strategy = ShardDistributionStrategy::ROUND_ROBIN_1D;

    uint32_t num_cores() const { return grid.num_cores(); }
    bool operator==(const NdShardSpec&) const = default;
    std::string str() const;
};

class MemoryConfig {
public:
    MemoryConfig() = default;  // DRAM, interleaved
    // An interleaved config drops its shard spec, as upstream does. A sharded one without a spec is a template: legal to
    // hold, an error to make a tensor from.
    explicit MemoryConfig(TensorMemoryLayout, BufferType = BufferType::DRAM, std::optional<ShardSpec> = {});
    MemoryConfig(BufferType, NdShardSpec);

    TensorMemoryLayout memory_layout() const { return memory_layout_; }
    BufferType buffer_type() const { return buffer_type_; }
    const std::optional<ShardSpec>& shard_spec() const { return shard_spec_; }
    // Given by the user, or (once a tensor has the config) the rank 2 equivalent of shard_spec.
    const std::optional<NdShardSpec>& nd_shard_spec() const { return nd_shard_spec_; }
    bool created_with_nd_shard_spec() const { return created_with_nd_; }
    bool is_sharded() const { return memory_layout_ != TensorMemoryLayout::INTERLEAVED; }
    bool is_dram() const { return buffer_type_ == BufferType::DRAM; }
    bool is_l1() const { return buffer_type_ == BufferType::L1 || buffer_type_ == BufferType::L1_SMALL; }

    // Fills nd_shard_spec from shard_spec; of a tensor of rank 1 in rows it has rank 1.
    MemoryConfig with_nd_equivalent(bool one_dimensional = false) const;
    // What a tensor says of a config made with an nd_shard_spec that one of the 2D schemes describes, too.
    MemoryConfig with_2d_equivalent(TensorMemoryLayout, std::array<uint32_t, 2> shape) const;
    MemoryConfig as_given() const;  // without what tensors add

    // By what the user gave: a config equals itself after a tensor took it.
    bool operator==(const MemoryConfig&) const;
    size_t hash() const;
    std::string str() const;  // "MemoryConfig(memory_layout=TensorMemoryLayout::INTERLEAVED,buffer_type=...,...)"
    std::string json() const;
    static MemoryConfig from_json(std::string_view);

private:
    TensorMemoryLayout memory_layout_ = TensorMemoryLayout::INTERLEAVED;
    BufferType buffer_type_ = BufferType::DRAM;
    std::optional<ShardSpec> shard_spec_;
    std::optional<NdShardSpec> nd_shard_spec_;
    bool created_with_nd_ = false;
};

inline MemoryConfig dram_memory_config() {
    return {};
}
inline MemoryConfig l1_memory_config() {
    return MemoryConfig(TensorMemoryLayout::INTERLEAVED, BufferType::L1);
}

}  // namespace tw
