#include "tileir/program.h"

#include "tile/unpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tw::tileir {
namespace {

struct FormatRow {
    const char* name;
    DataFormat data;
};
constexpr std::array<FormatRow, 8> kFormats{{{"bf16", DataFormat::Float16_b},
                                             {"f32", DataFormat::Float32},
                                             {"bfp8", DataFormat::Bfp8_b},
                                             {"bfp4", DataFormat::Bfp4_b},
                                             {"i32", DataFormat::Int32},
                                             {"u32", DataFormat::UInt32},
                                             {"u16", DataFormat::UInt16},
                                             {"u8", DataFormat::UInt8}}};

template <class List>
auto* find(const List& list, const std::string& name) {
    const auto it = std::ranges::find_if(list, [&](const auto& x) { return x.name == name; });
    return it == list.end() ? nullptr : &*it;
}

}  // namespace

const char* name_of(Format format) {
    return kFormats[static_cast<size_t>(format)].name;
}

uint32_t tile_bytes(Format format) {
    return tw::tile_bytes(kFormats[static_cast<size_t>(format)].data, TileShape{});
}

const char* name_of(Phase phase) {
    static constexpr const char* kNames[] = {"ct", "rt", "host"};
    return kNames[static_cast<size_t>(phase)];
}

Size Tensor::pages() const {
    Size n = 1;
    for (size_t i = 0; i < dims.size() - (layout == Layout::Rows); ++i) n = n * dims[i];
    return n;
}

const Tensor* Program::tensor(const std::string& name) const {
    return find(tensors, name);
}

const Cb* Program::cb(const std::string& name) const {
    return find(cbs, name);
}

Bindings Program::bind(Bindings values) const {
    for (const Symbol& symbol : symbols) {
        if (!symbol.is) {
            if (!values.contains(symbol.name)) throw std::invalid_argument(fmt::format("{} has no value", symbol.name));
            continue;
        }
        const auto value = symbol.is->value(values);
        if (!value) throw std::invalid_argument(fmt::format("{} = {} has no value", symbol.name, symbol.is->str()));
        values[symbol.name] = *value;
    }
    return values;
}

}  // namespace tw::tileir
