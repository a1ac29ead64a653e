// How the pages of a buffer are dealt to cores or banks (docs/upstream-api.md H6.2, H6.3): the pure arithmetic, without a
// device.
#pragma once

#include "device/core_coord.h"
#include "tensor/memory_config.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tw {

// A sharded buffer: an nD grid of pages cut into an nD grid of shards, shards dealt to cores.
class Sharding {
public:
    // `tensor` and `shard` are in pages and have the same rank; `rectangular` cuts the core list to the rectangle really
    // used (BLOCK, GRID_2D). Raises for rank > 2 with GRID_2D, and for CONTIGUOUS_1D when the cores do not divide the
    // shards.
    Sharding(std::vector<uint32_t> tensor, std::vector<uint32_t> shard, const CoreRangeSet& grid, ShardOrientation,
             ShardDistributionStrategy);

    const std::vector<uint32_t>& tensor_pages() const { return tensor_; }
    const std::vector<uint32_t>& shard_pages() const { return shard_; }
    const std::vector<CoreCoord>& cores() const { return cores_; }  // those that the accessor args name
    ShardOrientation orientation() const { return orientation_; }
    ShardDistributionStrategy strategy() const { return strategy_; }
    const CoreRangeSet& grid() const { return grid_; }  // as given

    uint64_t num_shards() const { return num_shards_; }
    uint64_t shard_volume() const { return shard_volume_; }                      // pages
    uint64_t pages_per_core() const { return slots_per_core_ * shard_volume_; }  // reserved on every core

    struct Place {
        uint32_t core;          // index into cores()
        uint64_t page_on_core;  // counted in aligned pages from the buffer's address
    };
    Place locate(uint64_t page) const;

    // Shapes with dimensions merged and dropped as far as page order allows (the squeeze rule of docs/upstream-api.md H7).
    const std::vector<uint32_t>& squeezed_tensor() const { return squeezed_tensor_; }
    const std::vector<uint32_t>& squeezed_shard() const { return squeezed_shard_; }

private:
    std::vector<uint32_t> tensor_, shard_, squeezed_tensor_, squeezed_shard_;
    CoreRangeSet grid_;
    std::vector<CoreCoord> cores_;
    ShardOrientation orientation_;
    ShardDistributionStrategy strategy_;
    uint64_t num_shards_ = 0, shard_volume_ = 0, slots_per_core_ = 0;
};

// What a Buffer needs to know of its pages.
struct PageLayout {
    uint32_t page_size = 0;
    uint64_t num_pages = 0;
    std::optional<Sharding> sharding;  // none: interleaved
};

}  // namespace tw
