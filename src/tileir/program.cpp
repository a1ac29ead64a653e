#include "tileir/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tw::tileir {
namespace {

struct FormatRow {
    const char* name;
    uint32_t tile_bytes;
};
constexpr std::array<FormatRow, 8> kFormats{{{"bf16", 2048},
                                             {"f32", 4096},
                                             {"bfp8", 1088},
                                             {"bfp4", 576},
                                             {"i32", 4096},
                                             {"u32", 4096},
                                             {"u16", 2048},
                                             {"u8", 1024}}};

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
    return kFormats[static_cast<size_t>(format)].tile_bytes;
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
