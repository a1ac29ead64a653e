// The tensors of a spec: shapes, dtypes, layouts, memory of the inputs and the output.
#include "builder/spec/reserved_names.h"
#include "builder/spec/part.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

namespace tw::builder {

namespace {

constexpr std::array<std::string_view, 8> kDtypes = {"bfloat16", "float32", "bfloat8_b", "bfloat4_b",
                                                     "uint32",   "uint16",  "uint8",     "int32"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kDtypeAliases = {{{"bf16", "bfloat16"},
                                                                                         {"fp32", "float32"},
                                                                                         {"f32", "float32"},
                                                                                         {"bfp8", "bfloat8_b"},
                                                                                         {"bfp4", "bfloat4_b"},
                                                                                         {"u32", "uint32"},
                                                                                         {"u16", "uint16"},
                                                                                         {"i32", "int32"}}};
constexpr std::array<std::string_view, 2> kLayouts = {"TILE", "ROW_MAJOR"};
constexpr std::array<std::string_view, 5> kMemories = {"DRAM", "L1", "HEIGHT_SHARDED", "WIDTH_SHARDED", "BLOCK_SHARDED"};

class TensorReader : SpecPart {
public:
    explicit TensorReader(const SpecPart& part) : SpecPart(part) {}

    void read_inputs() {
        const Node* inputs = root_.get("inputs");
        if (inputs == nullptr || inputs->kind != Node::Kind::Map || inputs->members.empty()) {
            problem(inputs == nullptr ? document_.where : inputs->where, "inputs", "missing-key", "the spec has no inputs",
                    "", "add `inputs: {x: {shape: [..., H, W]}}`");
            return;
        }
        MapReader duplicates(*inputs, "inputs", problems_);
        if (inputs->members.size() > 8)
            problem(inputs->where, "inputs", "too-many-inputs", "an operation has at most 8 inputs: CBs 0 to 7 hold them");
        for (const auto& [key, value] : inputs->members) {
            const std::string path = "inputs." + key.scalar;
            if (key.kind != Node::Kind::Scalar || !check_name(key, path, "an input")) continue;
            TensorSpec tensor;
            tensor.name = key.scalar;
            tensor.where = key.where;
            const std::string default_dtype = "bfloat16";
            if (value.kind == Node::Kind::Map) {
                MapReader map(value, path, problems_);
                if (const Node* shape = map.get("shape"))
                    tensor.shape = read_shape(*shape, map.path_of("shape"));
                else
                    tensor.shape = Shape{true, {Dim::symbol("H"), Dim::symbol("W")}};
                read_dtype(map, tensor, default_dtype);
                read_layout(map, tensor);
                read_memory(map, tensor);
                tensor.optional = map.boolean("optional").value_or(false);
                tensor.doc = map.text("doc").value_or("");
                check_doc(tensor.doc, map.path_of("doc"));
                map.finish();
            } else if (value.kind == Node::Kind::Null) {
                tensor.shape = Shape{true, {Dim::symbol("H"), Dim::symbol("W")}};
                tensor.dtypes = {default_dtype};
                tensor.memory = {Memory::Dram, Memory::L1};
            } else {
                tensor.shape = read_shape(value, path);
                tensor.dtypes = {default_dtype};
                tensor.memory = {Memory::Dram, Memory::L1};
            }
            if (tensor.layouts.empty() && tensor.same_layout_as.empty()) tensor.layouts = {Layout::Tile};
            if (spec_.inputs.empty() && tensor.optional) {
                problem(tensor.where, path, "optional-first", "the first input cannot be optional",
                        "device and sizes are taken from it", "move it back");
            } else if (!tensor.optional && !spec_.inputs.empty() && spec_.inputs.back().optional) {
                problem(tensor.where, path, "optional-order", "a required input follows an optional one", "",
                        "put optional inputs last");
            }
            check_block_format(tensor, path);
            spec_.inputs.push_back(std::move(tensor));
        }
    }

    void read_output() {
        const Node* node = root_.get("output");
        TensorSpec& output = spec_.output;
        output.name = "output";
        output.where = node == nullptr ? document_.where : node->where;
        if (spec_.inputs.empty()) return;
        if (node != nullptr && node->kind == Node::Kind::Map) {
            MapReader map(*node, "output", problems_);
            if (const Node* shape = map.get("shape")) output.shape = read_shape(*shape, "output.shape");
            read_dtype(map, output, "");  // the math settles it
            read_layout(map, output);
            read_memory(map, output);
            output.doc = map.text("doc").value_or("");
            check_doc(output.doc, "output.doc");
            map.finish();
        } else {
            if (node != nullptr) output.shape = read_shape(*node, "output");
            output.memory = {Memory::Dram, Memory::L1};
        }
        if (output.layouts.empty() && output.same_layout_as.empty()) output.same_layout_as = spec_.inputs.front().name;
        const TensorSpec* same = output.same_dtype_as.empty() ? nullptr : spec_.input(output.same_dtype_as);
        if (same != nullptr && same->optional) {
            problem(output.where, "output.dtype", "bad-value",
                    fmt::format("the dtype of the output is that of '{}', which may be left out", same->name), "",
                    "name a dtype, or an input that is always given");
        }
        check_block_format(output, "output");
    }

private:
    std::optional<Shape> read_shape(const Node& node, const std::string& path) {
        std::vector<std::pair<std::string, Where>> parts;
        if (node.kind == Node::Kind::Sequence) {
            for (const Node& item : node.items) {
                if (item.kind != Node::Kind::Scalar) {
                    problem(item.where, path, "bad-shape", "a shape is a list of sizes");
                    return std::nullopt;
                }
                parts.emplace_back(item.scalar, item.text_where);
            }
        } else if (node.kind == Node::Kind::Scalar) {
            std::string text = node.scalar;
            if (text.size() >= 2 && (text.front() == '[' || text.front() == '(')) text = text.substr(1, text.size() - 2);
            for (size_t start = 0; start <= text.size();) {
                const size_t end = std::min(text.find(',', start), text.size());
                std::string part = text.substr(start, end - start);
                part.erase(0, std::min(part.find_first_not_of(' '), part.size()));
                part.erase(part.find_last_not_of(' ') + 1);
                parts.emplace_back(part, node.where);
                start = end + 1;
            }
        }
        Shape shape;
        if (!parts.empty() && parts.front().first == "...") {
            shape.outer = true;
            parts.erase(parts.begin());
        }
        if (parts.empty() || parts.size() > 8) {
            problem(node.where, path, "bad-shape", "a shape has 1 to 8 sizes, for example [..., H, W]");
            return std::nullopt;
        }
        for (const auto& [text, where] : parts) {
            const std::optional<Syntax> syntax = parse_expression(text, where, path, problems_);
            if (!syntax) return std::nullopt;
            try {
                Dim dim = Dim::from(*syntax);
                for (const std::string& symbol : dim.symbols()) {
                    if (symbol.front() < 'A' || symbol.front() > 'Z' || is_reserved_name(symbol)) {
                        problem(where, path, "bad-dimension", fmt::format("'{}' is not the name of a dimension", symbol),
                                "dimension names start with a capital letter: H, W, Heads");
                        return std::nullopt;
                    }
                }
                if (const std::optional<int64_t> number = dim.number(); number && *number <= 0) {
                    problem(where, path, "bad-dimension", fmt::format("a size of {} is not possible", *number));
                    return std::nullopt;
                }
                shape.dims.push_back(std::move(dim));
            } catch (const std::exception& error) {
                problem(where, path, "bad-dimension", fmt::format("'{}': {}", text, error.what()),
                        "a size is a whole number, a symbol or a sum or product of them: 32, W, 2 * W, W / 2");
                return std::nullopt;
            }
        }
        return shape;
    }

    void read_dtype(MapReader& map, TensorSpec& tensor, const std::string& default_dtype) {
        for (const Node* item : map.list("dtype")) {
            std::string name = item->scalar;
            if (name.starts_with("same(") && name.ends_with(')')) {
                tensor.same_dtype_as = name.substr(5, name.size() - 6);
                if (spec_.input(tensor.same_dtype_as) == nullptr) {
                    map.problem(*item, "dtype", "unknown-input",
                                fmt::format("same({}) names no earlier input", tensor.same_dtype_as));
                    tensor.same_dtype_as.clear();
                }
                continue;
            }
            if (name.starts_with("ttnn.")) name = name.substr(5);
            for (const auto& [alias, full] : kDtypeAliases) name = name == alias ? std::string(full) : name;
            if (std::find(kDtypes.begin(), kDtypes.end(), name) == kDtypes.end()) {
                map.problem(*item, "dtype", "bad-value", fmt::format("'{}' is not a dtype", item->scalar),
                            "allowed: same(input), " + joined(kDtypes));
            } else if (std::find(tensor.dtypes.begin(), tensor.dtypes.end(), name) == tensor.dtypes.end()) {
                tensor.dtypes.push_back(name);
            }
        }
        if (tensor.dtypes.empty() && tensor.same_dtype_as.empty() && !default_dtype.empty())
            tensor.dtypes.push_back(default_dtype);
        if (!tensor.dtypes.empty() && !tensor.same_dtype_as.empty()) {
            problem(tensor.where, map.path_of("dtype"), "bad-value",
                    "dtype is either same(input) or a list of dtypes, not both");
        }
    }

    void read_layout(MapReader& map, TensorSpec& tensor) {
        for (const Node* item : map.list("layout")) {
            std::string name = upper(item->scalar);
            if (item->scalar.starts_with("same(") && item->scalar.ends_with(')')) {
                tensor.same_layout_as = item->scalar.substr(5, item->scalar.size() - 6);
                if (spec_.input(tensor.same_layout_as) == nullptr) {
                    map.problem(*item, "layout", "unknown-input",
                                fmt::format("same({}) names no earlier input", tensor.same_layout_as));
                    tensor.same_layout_as.clear();
                }
                continue;
            }
            if (name.ends_with("_LAYOUT")) name = name.substr(0, name.size() - 7);
            if (name == "RM") name = "ROW_MAJOR";
            if (name == "TILED") name = "TILE";
            const auto found = std::find(kLayouts.begin(), kLayouts.end(), name);
            if (found == kLayouts.end()) {
                map.problem(*item, "layout", "bad-value", fmt::format("'{}' is not a layout", item->scalar),
                            "allowed: same(input), " + joined(kLayouts));
            } else {
                const Layout layout = name == "TILE" ? Layout::Tile : Layout::RowMajor;
                if (std::find(tensor.layouts.begin(), tensor.layouts.end(), layout) == tensor.layouts.end())
                    tensor.layouts.push_back(layout);
            }
        }
        if (tensor.layouts.size() > 1) {
            problem(tensor.where, map.path_of("layout"), "bad-value", "one operation reads one layout of a tensor",
                    "TILE and ROW_MAJOR need different kernels", "write one spec per layout");
        }
    }

    void read_memory(MapReader& map, TensorSpec& tensor) {
        for (const Node* item : map.list("memory")) {
            const std::string name = upper(item->scalar);
            const auto found = std::find(kMemories.begin(), kMemories.end(), name);
            if (found == kMemories.end()) {
                map.problem(*item, "memory", "bad-value", fmt::format("'{}' is not a kind of memory", item->scalar),
                            "allowed: " + joined(kMemories));
            } else {
                tensor.memory.push_back(static_cast<Memory>(found - kMemories.begin()));
            }
        }
        if (tensor.memory.empty()) tensor.memory = {Memory::Dram, Memory::L1};
        const bool any_sharded = std::any_of(tensor.memory.begin(), tensor.memory.end(), is_sharded);
        if (any_sharded && tensor.memory.size() > 1) {
            problem(tensor.where, map.path_of("memory"), "bad-value", "a sharded tensor has one memory layout",
                    "sharded and interleaved tensors need different kernels", "write one spec per memory layout");
        }
    }

    void check_block_format(const TensorSpec& tensor, const std::string& path) {
        const std::vector<Layout> layouts = spec_.layouts_of(tensor);
        if (layouts.empty() || layouts.front() == Layout::Tile) return;
        for (const std::string& dtype : spec_.dtypes_of(tensor)) {
            if (is_block_format(dtype)) {
                problem(tensor.where, path, "block-format-needs-tile", fmt::format("{} exists in TILE layout only", dtype),
                        "", "use layout: TILE");
            }
        }
    }
};

}  // namespace

void read_inputs(const SpecPart& part) {
    TensorReader(part).read_inputs();
}

void read_output(const SpecPart& part) {
    TensorReader(part).read_output();
}

}  // namespace tw::builder
