#include "tensor/memory_config.h"

#include "base/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tw {

std::string_view name_of(BufferType type) {
    switch (type) {
        case BufferType::DRAM: return "DRAM";
        case BufferType::L1: return "L1";
        case BufferType::L1_SMALL: return "L1_SMALL";
        case BufferType::TRACE: return "TRACE";
    }
    return "?";
}

std::string_view name_of(TensorMemoryLayout layout) {
    switch (layout) {
        case TensorMemoryLayout::INTERLEAVED: return "INTERLEAVED";
        case TensorMemoryLayout::HEIGHT_SHARDED: return "HEIGHT_SHARDED";
        case TensorMemoryLayout::WIDTH_SHARDED: return "WIDTH_SHARDED";
        case TensorMemoryLayout::BLOCK_SHARDED: return "BLOCK_SHARDED";
        case TensorMemoryLayout::ND_SHARDED: return "ND_SHARDED";
    }
    return "?";
}

std::string_view name_of(ShardOrientation orientation) {
    return orientation == ShardOrientation::ROW_MAJOR ? "ROW_MAJOR" : "COL_MAJOR";
}

std::string_view name_of(ShardDistributionStrategy strategy) {
    switch (strategy) {
        case ShardDistributionStrategy::ROUND_ROBIN_1D: return "ROUND_ROBIN_1D";
        case ShardDistributionStrategy::GRID_2D: return "GRID_2D";
        case ShardDistributionStrategy::CONTIGUOUS_1D: return "CONTIGUOUS_1D";
    }
    return "?";
}

std::string ShardSpec::str() const {
    return fmt::format("ShardSpec(grid={},shape=[{}, {}],orientation=ShardOrientation::{})", grid.str(), shape[0], shape[1],
                       name_of(orientation));
}

std::string NdShardSpec::str() const {
    return fmt::format(
        "NdShardSpec(shard_shape={},grid={},orientation=ShardOrientation::{},shard_distribution_strategy="
        "ShardDistributionStrategy::{})",
        shard_shape.str(), grid.str(), name_of(orientation), name_of(strategy));
}

MemoryConfig::MemoryConfig(TensorMemoryLayout layout, BufferType buffer_type, std::optional<ShardSpec> spec)
    : memory_layout_(layout), buffer_type_(buffer_type) {
    if (is_sharded()) shard_spec_ = std::move(spec);
}

MemoryConfig::MemoryConfig(BufferType buffer_type, NdShardSpec spec)
    : memory_layout_(TensorMemoryLayout::ND_SHARDED),
      buffer_type_(buffer_type),
      nd_shard_spec_(std::move(spec)),
      created_with_nd_(true) {}

MemoryConfig MemoryConfig::with_nd_equivalent(bool one_dimensional) const {
    MemoryConfig result = *this;
    if (shard_spec_ && !created_with_nd_) {
        const auto [height, width] = shard_spec_->shape;
        result.nd_shard_spec_ = NdShardSpec{.shard_shape = one_dimensional ? Shape{width} : Shape{height, width},
                                            .grid = shard_spec_->grid,
                                            .orientation = shard_spec_->orientation,
                                            .strategy = memory_layout_ == TensorMemoryLayout::BLOCK_SHARDED
                                                            ? ShardDistributionStrategy::GRID_2D
                                                            : ShardDistributionStrategy::ROUND_ROBIN_1D};
    }
    return result;
}

MemoryConfig MemoryConfig::with_2d_equivalent(TensorMemoryLayout layout, std::array<uint32_t, 2> shape) const {
    MemoryConfig result = *this;
    result.memory_layout_ = layout;
    result.shard_spec_ = ShardSpec{nd_shard_spec_->grid, shape, nd_shard_spec_->orientation};
    return result;
}

MemoryConfig MemoryConfig::as_given() const {
    return created_with_nd_ ? MemoryConfig(buffer_type_, *nd_shard_spec_)
                            : MemoryConfig(memory_layout_, buffer_type_, shard_spec_);
}

bool MemoryConfig::operator==(const MemoryConfig& other) const {
    if (created_with_nd_ != other.created_with_nd_ || buffer_type_ != other.buffer_type_) return false;
    if (created_with_nd_) return nd_shard_spec_ == other.nd_shard_spec_;
    return memory_layout_ == other.memory_layout_ && shard_spec_ == other.shard_spec_;
}

size_t MemoryConfig::hash() const {
    // What operator== looks at; the text of a spec names all of it.
    size_t seed = size_t(created_with_nd_ ? TensorMemoryLayout::ND_SHARDED : memory_layout_) << 8 | size_t(buffer_type_);
    const std::string spec = created_with_nd_ ? nd_shard_spec_->str() : shard_spec_ ? shard_spec_->str() : std::string();
    return seed * 0x9e3779b97f4a7c15ull ^ std::hash<std::string>{}(spec);
}

std::string MemoryConfig::str() const {
    return fmt::format(
        "MemoryConfig(memory_layout=TensorMemoryLayout::{},buffer_type=BufferType::{},shard_spec={},nd_shard_spec={},"
        "created_with_nd_shard_spec={})",
        name_of(memory_layout_), name_of(buffer_type_), shard_spec_ ? shard_spec_->str() : "std::nullopt",
        nd_shard_spec_ ? nd_shard_spec_->str() : "std::nullopt", int(created_with_nd_));
}

namespace {

using nlohmann::json;

json grid_json(const CoreRangeSet& grid) {
    json list = json::array();
    for (const CoreRange& range : grid.ranges()) {
        list.push_back(
            {{"start", {{"x", range.start.x}, {"y", range.start.y}}}, {"end", {{"x", range.end.x}, {"y", range.end.y}}}});
    }
    return list;
}

CoreRangeSet grid_from(const json& list) {
    std::vector<CoreRange> ranges;
    const auto core = [](const json& at) { return CoreCoord{at.at("x"), at.at("y")}; };
    for (const json& range : list) ranges.emplace_back(core(range.at("start")), core(range.at("end")));
    return CoreRangeSet(std::move(ranges));
}

}  // namespace

std::string MemoryConfig::json() const {
    nlohmann::json out = {{"memory_layout", int(memory_layout_)}, {"buffer_type", int(buffer_type_)}};
    if (shard_spec_ && !created_with_nd_) {
        out["shard_spec"] = {{"grid", grid_json(shard_spec_->grid)},
                             {"shape", shard_spec_->shape},
                             {"orientation", int(shard_spec_->orientation)}};
    }
    if (created_with_nd_) {
        out["nd_shard_spec"] = {{"grid", grid_json(nd_shard_spec_->grid)},
                                {"shard_shape", nd_shard_spec_->shard_shape.dims()},
                                {"orientation", int(nd_shard_spec_->orientation)},
                                {"shard_distribution_strategy", int(nd_shard_spec_->strategy)}};
    }
    return out.dump();
}

MemoryConfig MemoryConfig::from_json(std::string_view text) {
    try {
        const auto in = nlohmann::json::parse(text);
        const auto buffer_type = BufferType(in.at("buffer_type").get<int>());
        if (in.contains("nd_shard_spec")) {
            const auto& spec = in.at("nd_shard_spec");
            return MemoryConfig(
                buffer_type,
                NdShardSpec{.shard_shape = Shape(spec.at("shard_shape").get<std::vector<uint32_t>>()),
                            .grid = grid_from(spec.at("grid")),
                            .orientation = ShardOrientation(spec.at("orientation").get<int>()),
                            .strategy = ShardDistributionStrategy(spec.at("shard_distribution_strategy").get<int>())});
        }
        std::optional<ShardSpec> shard;
        if (in.contains("shard_spec")) {
            const auto& spec = in.at("shard_spec");
            shard = ShardSpec{grid_from(spec.at("grid")), spec.at("shape").get<std::array<uint32_t, 2>>(),
                              ShardOrientation(spec.at("orientation").get<int>())};
        }
        return MemoryConfig(TensorMemoryLayout(in.at("memory_layout").get<int>()), buffer_type, shard);
    } catch (const nlohmann::json::exception& e) {
        raise_host("memory-config-json", "this is not the JSON of a memory config", {.why = e.what()});
    }
}

}  // namespace tw
