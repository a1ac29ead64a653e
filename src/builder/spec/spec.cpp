#include "builder/spec/spec.h"

#include <algorithm>

namespace tw::builder {

std::string_view layout_name(Layout layout) {
    return layout == Layout::Tile ? "TILE" : "ROW_MAJOR";
}

std::string_view memory_name(Memory memory) {
    switch (memory) {
        case Memory::Dram: return "DRAM";
        case Memory::L1: return "L1";
        case Memory::HeightSharded: return "HEIGHT_SHARDED";
        case Memory::WidthSharded: return "WIDTH_SHARDED";
        case Memory::BlockSharded: return "BLOCK_SHARDED";
    }
    return "DRAM";
}

std::string_view unit_name(WorkUnit unit) {
    switch (unit) {
        case WorkUnit::Tile: return "tile";
        case WorkUnit::TileRow: return "tile_row";
        case WorkUnit::TileColumn: return "tile_column";
        case WorkUnit::Image: return "image";
        case WorkUnit::Lane: return "lane";
        case WorkUnit::OutputTile: return "output_tile";
        case WorkUnit::QueryRow: return "query_row";
        case WorkUnit::Stick: return "stick";
        case WorkUnit::Row: return "row";
    }
    return "tile";
}

std::string_view dialect_name(Dialect dialect) {
    switch (dialect) {
        case Dialect::Seed: return "seed";
        case Dialect::Current: return "current";
        case Dialect::Registry: return "registry";
    }
    return "current";
}

bool is_sharded(Memory memory) {
    return memory != Memory::Dram && memory != Memory::L1;
}
bool is_block_format(std::string_view dtype) {
    return dtype == "bfloat8_b" || dtype == "bfloat4_b";
}
bool is_integer_dtype(std::string_view dtype) {
    return dtype.find("int") != std::string_view::npos;
}
bool fills_32_bits(std::string_view dtype) {
    return dtype == "float32" || dtype == "int32" || dtype == "uint32";
}

const TensorSpec* Spec::input(std::string_view wanted) const {
    const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const TensorSpec& t) { return t.name == wanted; });
    return found == inputs.end() ? nullptr : &*found;
}

const ParamSpec* Spec::param(std::string_view wanted) const {
    const auto found = std::find_if(params.begin(), params.end(), [&](const ParamSpec& p) { return p.name == wanted; });
    return found == params.end() ? nullptr : &*found;
}

// same(x) may only name an earlier input, so both walks end.
std::vector<std::string> Spec::dtypes_of(const TensorSpec& tensor) const {
    const TensorSpec* same = tensor.same_dtype_as.empty() ? nullptr : input(tensor.same_dtype_as);
    return same == nullptr ? tensor.dtypes : dtypes_of(*same);
}

std::vector<Layout> Spec::layouts_of(const TensorSpec& tensor) const {
    const TensorSpec* same = tensor.same_layout_as.empty() ? nullptr : input(tensor.same_layout_as);
    return same == nullptr ? tensor.layouts : layouts_of(*same);
}

}  // namespace tw::builder
