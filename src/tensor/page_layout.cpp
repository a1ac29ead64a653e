#include "tensor/page_layout.h"

#include "base/error.h"
#include "base/rounding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tw {

namespace {

// Of extents above 0; the largest number there is when it does not fit.
uint64_t product(const std::vector<uint32_t>& extents) {
    uint64_t result = 1;
    for (uint32_t extent : extents)
        if (__builtin_mul_overflow(result, uint64_t{extent}, &result)) return UINT64_MAX;
    return result;
}

// The device code of tt-metal unrolls over the rank, so the host joins dimensions wherever page order and shard borders
// allow it. Innermost outwards; out.back() is the outermost entry so far.
void squeeze(const std::vector<uint32_t>& tensor, const std::vector<uint32_t>& shard, std::vector<uint32_t>& out_tensor,
             std::vector<uint32_t>& out_shard) {
    std::vector<uint32_t> t_out{tensor.back()}, s_out{shard.back()};
    for (size_t i = tensor.size() - 1; i-- > 0;) {
        const uint32_t t = tensor[i], s = shard[i];
        uint32_t &ot = t_out.back(), &os = s_out.back();
        if (os == ot) {
            ot *= t;
            os *= s;
        } else if (t == 1 && s == 1) {
            continue;
        } else if (s == 1 && ot % os == 0) {
            ot *= t;
        } else {
            t_out.push_back(t);
            s_out.push_back(s);
        }
    }
    out_tensor.assign(t_out.rbegin(), t_out.rend());
    out_shard.assign(s_out.rbegin(), s_out.rend());
}

}  // namespace

Sharding::Sharding(std::vector<uint32_t> tensor, std::vector<uint32_t> shard, const CoreRangeSet& grid,
                   ShardOrientation orientation, ShardDistributionStrategy strategy)
    : tensor_(std::move(tensor)), shard_(std::move(shard)), grid_(grid), orientation_(orientation), strategy_(strategy) {
    TW_CHECK(tensor_.size() == shard_.size() && !tensor_.empty());
    if (grid.empty()) raise_host("empty-shard-grid", "Shard grid must have at least one core");
    for (uint32_t extent : shard_) {
        if (extent == 0) raise_host("shard-shape", "Shard shape must not have a zero extent");
    }
    std::vector<uint32_t> shards(tensor_.size());
    for (size_t i = 0; i < shards.size(); ++i) shards[i] = uint32_t(ceil_div(tensor_[i], shard_[i]));
    num_shards_ = product(shards);
    shard_volume_ = product(shard_);
    if (shard_volume_ > UINT32_MAX)
        raise_host("shard-shape", fmt::format("Shards of [{}] pages are larger than any memory", fmt::join(shard_, ", ")));

    const bool row_wise = orientation == ShardOrientation::ROW_MAJOR;
    if (strategy == ShardDistributionStrategy::GRID_2D) {
        if (shards.size() > 2) raise_host("grid-2d-rank", "2D grid distribution is only supported for 2D sharding!");
        const uint32_t high = shards.size() == 2 ? shards[0] : 1, wide = shards.back();
        const CoreRange box = grid.bounding_box();
        if (box.size() != grid.num_cores()) {
            raise_host("shard-grid-shape", "Shard grid must be one full rectangular grid for block sharded!",
                       {.why = fmt::format("{} has gaps in {}", grid.str(), box.str())});
        }
        const CoreCoord room = box.grid_size();
        if ((row_wise ? wide : high) > room.x || (row_wise ? high : wide) > room.y) {
            raise_host("too-many-shards", fmt::format("{}x{} shards do not fit on the {}x{} cores of a 2D shard grid", high,
                                                      wide, room.y, room.x));
        }
        cores_.reserve(num_shards_);
        for (uint32_t i = 0; i < high; ++i) {
            for (uint32_t j = 0; j < wide; ++j) {
                cores_.push_back({box.start.x + (row_wise ? j : i), box.start.y + (row_wise ? i : j)});
            }
        }
        if (cores_.empty()) cores_.push_back(box.start);  // a tensor without elements
    } else {
        cores_ = corerange_to_cores(grid, std::nullopt, row_wise);
    }
    const uint64_t n = cores_.size();
    if (strategy == ShardDistributionStrategy::CONTIGUOUS_1D && num_shards_ % n != 0) {
        raise_host(
            "contiguous-shards", fmt::format("{} shards cannot be laid contiguously on {} cores", num_shards_, n),
            {.why = "the device code gives each core shards / cores of them, rounded down, and would run past the grid",
             .fix = "use a grid whose number of cores divides the number of shards, or ROUND_ROBIN_1D"});
    }
    slots_per_core_ = (num_shards_ + n - 1) / n;
    squeeze(tensor_, shard_, squeezed_tensor_, squeezed_shard_);
}

Sharding::Place Sharding::locate(uint64_t page) const {
    uint64_t shard_index = 0, within = 0, shard_stride = 1, within_stride = 1;
    for (size_t i = squeezed_tensor_.size(); i-- > 0;) {
        const uint32_t t = squeezed_tensor_[i], s = squeezed_shard_[i];
        const auto at = uint32_t(page % t);
        page /= t;
        shard_index += at / s * shard_stride;
        within += at % s * within_stride;
        shard_stride *= ceil_div(t, s);
        within_stride *= s;
    }
    const uint64_t n = cores_.size();
    uint64_t core = shard_index % n, slot = shard_index / n;
    if (strategy_ == ShardDistributionStrategy::CONTIGUOUS_1D) {
        core = shard_index / slots_per_core_;
        slot = shard_index % slots_per_core_;
    }
    return {uint32_t(core), slot * shard_volume_ + within};
}

}  // namespace tw
