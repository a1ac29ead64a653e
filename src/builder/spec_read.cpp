#include "builder/functions.h"
#include "builder/map_reader.h"
#include "builder/spec.h"
#include "builder/spec_tests.h"

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

// Names that the emitted Python and C++ use for themselves, or that the languages own.
const std::set<std::string_view>& reserved_names() {
    static const std::set<std::string_view> names = {"False",
                                                     "None",
                                                     "True",
                                                     "and",
                                                     "as",
                                                     "assert",
                                                     "async",
                                                     "await",
                                                     "break",
                                                     "class",
                                                     "continue",
                                                     "def",
                                                     "del",
                                                     "elif",
                                                     "else",
                                                     "except",
                                                     "finally",
                                                     "for",
                                                     "from",
                                                     "global",
                                                     "if",
                                                     "import",
                                                     "in",
                                                     "is",
                                                     "lambda",
                                                     "nonlocal",
                                                     "not",
                                                     "or",
                                                     "pass",
                                                     "raise",
                                                     "return",
                                                     "try",
                                                     "while",
                                                     "with",
                                                     "yield",
                                                     "auto",
                                                     "bool",
                                                     "case",
                                                     "catch",
                                                     "char",
                                                     "const",
                                                     "constexpr",
                                                     "default",
                                                     "delete",
                                                     "do",
                                                     "double",
                                                     "enum",
                                                     "explicit",
                                                     "export",
                                                     "extern",
                                                     "float",
                                                     "friend",
                                                     "goto",
                                                     "inline",
                                                     "int",
                                                     "long",
                                                     "mutable",
                                                     "namespace",
                                                     "new",
                                                     "noexcept",
                                                     "operator",
                                                     "private",
                                                     "protected",
                                                     "public",
                                                     "register",
                                                     "short",
                                                     "signed",
                                                     "sizeof",
                                                     "static",
                                                     "struct",
                                                     "switch",
                                                     "template",
                                                     "this",
                                                     "throw",
                                                     "typedef",
                                                     "typename",
                                                     "union",
                                                     "unsigned",
                                                     "using",
                                                     "virtual",
                                                     "void",
                                                     "volatile",
                                                     "ttnn",
                                                     "torch",
                                                     "pytest",
                                                     "device",
                                                     "output",
                                                     "memory_config",
                                                     "compute_kernel_config",
                                                     "kernels",
                                                     "cbs",
                                                     "core",
                                                     "cores",
                                                     "grid_size",
                                                     "num_cores",
                                                     "all_cores",
                                                     "start",
                                                     "units",
                                                     "self",
                                                     "len",
                                                     "list",
                                                     "range",
                                                     "math",
                                                     "struct",
                                                     "expected",
                                                     "actual",
                                                     "dtype",
                                                     "shape",
                                                     "validate",
                                                     "create_program_descriptor",
                                                     "Path",
                                                     "KERNEL_DIR",
                                                     "args",
                                                     "noc",
                                                     "left",
                                                     "right",
                                                     "work",
                                                     "stubs",
                                                     "supported",
                                                     "bits",
                                                     "result",
                                                     "actual",
                                                     "message",
                                                     "core_group_1",
                                                     "core_group_2",
                                                     "units_per_core_1",
                                                     "units_per_core_2",
                                                     "num_units",
                                                     "torch_output",
                                                     "axis",
                                                     "axes",
                                                     "given",
                                                     "cell",
                                                     "inputs",
                                                     "run",
                                                     "make_inputs",
                                                     "to_device",
                                                     "pytorch_reference",
                                                     "float_bits",
                                                     "axis_of",
                                                     "struct",
                                                     "shard_height",
                                                     "shard",
                                                     "shard_width",
                                                     "available_cores",
                                                     "program_descriptor",
                                                     "opt",
                                                     "dataflow",
                                                     "compute",
                                                     "reader",
                                                     "writer"};
    return names;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : (c == '-' ? '_' : c);
    return out;
}

class SpecReader {
public:
    SpecReader(const Node& document, std::vector<Problem>& problems)
        : root_(document, "", problems), document_(document), problems_(problems) {}

    std::optional<Spec> read() {
        if (!root_.is_map()) return std::nullopt;
        const size_t before = problems_.size();
        read_head();
        read_inputs();
        read_params();
        read_output();
        read_math();
        read_rules();
        read_schedule();
        read_tests(root_, spec_, problems_);
        read_emit();
        root_.finish();
        if (problems_.size() != before) return std::nullopt;
        return std::move(spec_);
    }

private:
    MapReader root_;
    const Node& document_;
    std::vector<Problem>& problems_;
    Spec spec_;

    void problem(Where where, std::string key, std::string code, std::string what, std::string why = {},
                 std::string fix = {}) {
        problems_.push_back({where, std::move(key), std::move(code), std::move(what), std::move(why), std::move(fix)});
    }

    void read_head() {
        if (const Node* schema = root_.get("schema"); schema != nullptr && schema->scalar != kSchema) {
            root_.problem(*schema, "schema", "unknown-schema", fmt::format("schema '{}' is not known", schema->scalar),
                          fmt::format("this tilewright reads {}", kSchema));
        }
        std::optional<std::string> name, doc;
        const Node* at = nullptr;
        if (const Node* op = root_.get("op"); op != nullptr && op->kind == Node::Kind::Map) {
            MapReader map(*op, "op", problems_);
            at = map.get("name");
            name = map.text("name");
            doc = map.text("doc");
            map.finish();
        } else if (op != nullptr) {
            root_.problem(*op, "op", "not-a-map", "op must be a map with name and doc");
            return;
        }
        if (const Node* plain = root_.get("name")) {
            at = plain;
            name = root_.text("name");
        }
        if (const std::optional<std::string> plain = root_.text("doc")) doc = plain;
        spec_.doc = doc.value_or("");
        std::replace(spec_.doc.begin(), spec_.doc.end(), '\n', ' ');
        while (!spec_.doc.empty() && (spec_.doc.back() == ' ' || spec_.doc.back() == '.')) spec_.doc.pop_back();
        check_doc(spec_.doc, "doc");
        if (!name) {
            if (at == nullptr)
                problem(document_.where, "name", "missing-key", "the spec has no name", "", "add `name: my_operation`");
            return;
        }
        spec_.name = *name;
        bool good = !name->empty() && name->size() <= 64 && name->front() >= 'a' && name->front() <= 'z' &&
                    reserved_names().count(*name) == 0;
        for (char c : *name) good = good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
        if (!good) {
            problem(at->where, "name", "bad-name", fmt::format("'{}' cannot be the name of an operation", *name),
                    "a name is snake_case (a-z, 0-9, _), starts with a letter, has at most 64 characters and is not a word "
                    "of Python or C++");
        }
    }

    // Documentation goes into docstrings and comments.
    void check_doc(const std::string& doc, const std::string& key) {
        const bool control =
            std::any_of(doc.begin(), doc.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        if (doc.size() > 2000 || control || doc.find("\"\"\"") != std::string::npos ||
            doc.find("*/") != std::string::npos || doc.find('\\') != std::string::npos) {
            problem(document_.where, key, "bad-doc",
                    "documentation is plain text of up to 2000 characters without \"\"\", */ and backslash");
        }
    }

    bool check_name(const Node& key, const std::string& path, std::string_view what) {
        const std::string& name = key.scalar;
        if (!is_identifier(name) || name.size() > 32 || name.front() == '_' || reserved_names().count(name) != 0 ||
            name == spec_.name || find_function(name) != nullptr) {
            problem(key.where, path, "bad-name", fmt::format("'{}' cannot be the name of {}", name, what),
                    "a name is an identifier of at most 32 characters, and not a word of Python or C++, a function of the "
                    "expression "
                    "language, the operation itself or a name that the emitted code uses");
            return false;
        }
        if (spec_.input(name) != nullptr || spec_.param(name) != nullptr) {
            problem(key.where, path, "duplicate-name",
                    fmt::format("'{}' is already the name of an input or a parameter", name));
            return false;
        }
        return true;
    }

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
                    if (symbol.front() < 'A' || symbol.front() > 'Z' || reserved_names().count(symbol) != 0) {
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

    void read_dtype(MapReader& map, TensorSpec& tensor, std::string default_dtype) {
        for (const Node* item : map.list("dtype")) {
            std::string name = item->scalar;
            if (name.starts_with("same(") && name.ends_with(")")) {
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
        if (tensor.dtypes.empty() && tensor.same_dtype_as.empty()) {
            if (default_dtype.starts_with("same:"))
                tensor.same_dtype_as = default_dtype.substr(5);
            else
                tensor.dtypes.push_back(default_dtype);
        }
        if (!tensor.dtypes.empty() && !tensor.same_dtype_as.empty()) {
            problem(tensor.where, map.path_of("dtype"), "bad-value",
                    "dtype is either same(input) or a list of dtypes, not both");
        }
    }

    void read_layout(MapReader& map, TensorSpec& tensor) {
        for (const Node* item : map.list("layout")) {
            std::string name = upper(item->scalar);
            if (item->scalar.starts_with("same(") && item->scalar.ends_with(")")) {
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

    void read_params() {
        const Node* params = root_.get("params");
        if (params == nullptr) return;
        MapReader duplicates(*params, "params", problems_);
        if (!duplicates.is_map()) return;
        if (params->members.size() > 32)
            problem(params->where, "params", "too-many-params", "an operation has at most 32 parameters");
        for (const auto& [key, value] : params->members) {
            const std::string path = "params." + key.scalar;
            if (key.kind != Node::Kind::Scalar || !check_name(key, path, "a parameter")) continue;
            ParamSpec param;
            param.name = key.scalar;
            param.where = key.where;
            if (value.kind == Node::Kind::Map) {
                read_param(value, path, param);
            } else if (!set_default(value, path, param, true)) {
                problem(value.where, path, "bad-default",
                        "a parameter is a map (type, default, range, ...) or its default value");
            }
            spec_.params.push_back(std::move(param));
        }
    }

    // `infer`: the short form `alpha: 1.0`, where the value tells the type.
    bool set_default(const Node& node, const std::string& path, ParamSpec& param, bool infer) {
        if (node.kind != Node::Kind::Scalar) return false;
        const bool truth = node.scalar == "true" || node.scalar == "True",
                   lie = node.scalar == "false" || node.scalar == "False";
        if (truth || lie) {
            if (infer)
                param.type = ParamSpec::Type::Bool;
            else if (param.type != ParamSpec::Type::Bool)
                return false;
            param.default_value = truth ? 1 : 0;
            param.default_text = truth ? "True" : "False";
            return true;
        }
        const std::optional<double> value = number_of(node);
        if (!value || (!infer && param.type == ParamSpec::Type::Bool)) return false;
        const bool whole = node.scalar.find_first_of(".eE") == std::string::npos;
        if (infer) param.type = whole ? ParamSpec::Type::Int : ParamSpec::Type::Float;
        if (param.type == ParamSpec::Type::Int && (!whole || std::abs(*value) > INT32_MAX)) return false;
        if (param.type == ParamSpec::Type::Float && std::abs(*value) > 3.4e38) {
            problem(node.where, path, "bad-default", "the default does not fit into a 32-bit float");
            return true;
        }
        param.default_value = value;
        param.default_text = python_number(node.scalar, param.type == ParamSpec::Type::Float);
        return true;
    }

    // As ruff writes it: 1. -> 1.0, .5 -> 0.5, 1E-5 -> 1e-5.
    static std::string python_number(std::string text, bool is_float) {
        if (text.front() == '+') text.erase(0, 1);
        std::replace(text.begin(), text.end(), 'E', 'e');
        if (!is_float) {
            // Python refuses leading zeros.
            const size_t digits = text.front() == '-' ? 1 : 0;
            while (text.size() > digits + 1 && text[digits] == '0') text.erase(digits, 1);
            return text;
        }
        const size_t point = text.find('.');
        if (point != std::string::npos) {
            if (point + 1 == text.size() || text[point + 1] == 'e') text.insert(point + 1, "0");
            if (point == 0 || text[point - 1] == '-') text.insert(point, "0");
        }
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }

    void read_param(const Node& value, const std::string& path, ParamSpec& param) {
        MapReader map(value, path, problems_);
        static constexpr std::array<std::string_view, 3> kTypes = {"float", "int", "bool"};
        const std::string type = map.one_of("type", kTypes).value_or("float");
        param.type = type == "float" ? ParamSpec::Type::Float
                     : type == "int" ? ParamSpec::Type::Int
                                     : ParamSpec::Type::Bool;
        if (const Node* node = map.get("default"); node != nullptr && !set_default(*node, path, param, false)) {
            map.problem(*node, "default", "bad-default", fmt::format("'{}' is not a {}", node->scalar, type));
        }
        param.keyword_only = map.boolean("keyword_only").value_or(true);
        param.doc = map.text("doc").value_or("");
        check_doc(param.doc, map.path_of("doc"));
        for (const Node* item : map.list("range")) {
            if (const auto bound = parse_bound(item->scalar, item->text_where, map.path_of("range"), problems_))
                param.range.push_back(*bound);
        }
        for (const Node* item : map.list("choices")) {
            const std::optional<double> choice = number_of(*item);
            if (!choice)
                map.problem(*item, "choices", "bad-number", fmt::format("'{}' is not a number", item->scalar));
            else
                param.choices.push_back(*choice);
        }
        map.finish();
        if (!param.default_value) return;
        const double v = *param.default_value;
        for (const Bound& bound : param.range) {
            const bool holds = bound.op == "<"    ? v < bound.value
                               : bound.op == "<=" ? v <= bound.value
                               : bound.op == ">"  ? v > bound.value
                               : bound.op == ">=" ? v >= bound.value
                               : bound.op == "==" ? v == bound.value
                                                  : v != bound.value;
            if (!holds)
                problem(param.where, path + ".default", "default-out-of-range",
                        fmt::format("the default {} is not {}", param.default_text, bound.text));
        }
        if (!param.choices.empty() && std::find(param.choices.begin(), param.choices.end(), v) == param.choices.end()) {
            problem(param.where, path + ".default", "default-out-of-range",
                    fmt::format("the default {} is not one of the choices", param.default_text));
        }
    }

    void read_output() {
        const Node* node = root_.get("output");
        TensorSpec& output = spec_.output;
        output.name = "output";
        output.where = node == nullptr ? document_.where : node->where;
        if (spec_.inputs.empty()) return;
        const std::string same = "same:" + spec_.inputs.front().name;
        if (node != nullptr && node->kind == Node::Kind::Map) {
            MapReader map(*node, "output", problems_);
            if (const Node* shape = map.get("shape")) output.shape = read_shape(*shape, "output.shape");
            read_dtype(map, output, same);
            read_layout(map, output);
            read_memory(map, output);
            output.doc = map.text("doc").value_or("");
            check_doc(output.doc, "output.doc");
            map.finish();
        } else {
            if (node != nullptr) output.shape = read_shape(*node, "output");
            output.same_dtype_as = spec_.inputs.front().name;
            output.memory = {Memory::Dram, Memory::L1};
        }
        if (output.layouts.empty() && output.same_layout_as.empty()) output.same_layout_as = spec_.inputs.front().name;
        if (output.same_dtype_as.empty() || output.same_layout_as.empty()) check_block_format(output, "output");
    }

    void read_let(const std::string& text, Where where, const std::string& key) {
        std::optional<Statement> statement = parse_statement(text, where, key, problems_);
        if (!statement) return;
        if (statement->target.empty()) {
            problem(where, key, "let-without-name", "a let binds a name: \"mu = mean(x, W)\"");
            return;
        }
        Node name;
        name.scalar = statement->target;
        name.where = where;
        if (!check_name(name, key, "a let")) return;
        for (const auto& [other, other_text] : spec_.lets) {
            if (other.target == statement->target)
                problem(where, key, "duplicate-name", fmt::format("'{}' is bound twice", other.target));
        }
        spec_.lets.emplace_back(std::move(*statement), text);
    }

    void read_math() {
        const Node* node = root_.get("math");
        if (node == nullptr) {
            problem(document_.where, "math", "missing-key", "the spec has no math", "", "add `math: gelu(x)`");
            return;
        }
        spec_.math_where = node->where;
        auto result = [&](const Node& at, const std::string& key) {
            if (std::optional<Statement> statement = parse_statement(at.scalar, at.text_where, key, problems_)) {
                spec_.result = std::move(*statement);
                spec_.result_text = at.scalar;
                while (!spec_.result_text.empty() && (spec_.result_text.back() == '\n' || spec_.result_text.back() == ' '))
                    spec_.result_text.pop_back();
            }
        };
        if (node->kind == Node::Kind::Scalar) {
            result(*node, "math");
            return;
        }
        MapReader map(*node, "math", problems_);
        if (!map.is_map()) return;
        if (const Node* let = map.get("let")) {
            if (let->kind == Node::Kind::Map) {
                MapReader duplicates(*let, "math.let", problems_);
                for (const auto& [key, value] : let->members) {
                    if (value.kind != Node::Kind::Scalar) {
                        problem(value.where, "math.let", "not-text", "a let is an expression");
                        continue;
                    }
                    // Columns inside the value stay right: the name and the equals sign are put in front of it.
                    const std::string prefix = key.scalar + " = ";
                    read_let(prefix + value.scalar,
                             {value.text_where.line, value.text_where.column - static_cast<int>(prefix.size())},
                             "math.let." + key.scalar);
                }
            } else {
                for (const Node* item : map.list("let")) read_let(item->scalar, item->text_where, "math.let");
            }
            if (spec_.lets.size() > 64) problem(let->where, "math.let", "too-many-lets", "math has at most 64 lets");
        }
        const Node* y = map.get("y");
        if (y == nullptr || y->kind != Node::Kind::Scalar)
            problem(node->where, "math.y", "missing-key", "math has no y", "", "add `y: ...`, the output");
        else
            result(*y, "math.y");
        map.finish();
    }

    void read_rules() {
        for (const Node* item : root_.list("require")) {
            const std::optional<Syntax> syntax = parse_expression(item->scalar, item->text_where, "require", problems_);
            if (!syntax) continue;
            if (syntax->kind != Syntax::Kind::Compare) {
                problem(item->where, "require", "bad-rule", fmt::format("'{}' is not a rule", item->scalar),
                        "a rule is a comparison: \"H % 32 == 0\"");
                continue;
            }
            check_rule(*syntax);
            spec_.rules.push_back({*syntax, item->scalar, item->where});
        }
    }

    void check_rule(const Syntax& syntax) {
        if (syntax.kind == Syntax::Kind::Name && spec_.param(syntax.name) == nullptr && !is_dimension(spec_, syntax.name)) {
            problem(syntax.where, "require", "unknown-name",
                    fmt::format("'{}' is neither a dimension nor a parameter", syntax.name));
        } else if (syntax.kind == Syntax::Kind::Call || syntax.kind == Syntax::Kind::Index ||
                   syntax.kind == Syntax::Kind::Text || (syntax.kind == Syntax::Kind::Binary && syntax.name == "@")) {
            problem(syntax.where, "require", "bad-rule",
                    "a rule is made of dimensions, parameters, numbers and + - * / % and a comparison");
        }
        for (const Syntax& arg : syntax.args) check_rule(arg);
    }

    void read_schedule() {
        const Node* node = root_.get("schedule");
        if (node == nullptr) return;
        MapReader map(*node, "schedule", problems_);
        if (!map.is_map()) return;
        Schedule& schedule = spec_.schedule;
        if (const Node* buffering = map.get("buffering")) {
            if (buffering->scalar == "single")
                schedule.buffering = 1;
            else if (buffering->scalar == "double" || buffering->scalar == "auto")
                schedule.buffering = 2;
            else
                schedule.buffering = static_cast<int>(map.integer("buffering", 1, 64).value_or(2));
        }
        static constexpr std::array<std::string_view, 4> kFidelities = {"LoFi", "HiFi2", "HiFi3", "HiFi4"};
        schedule.fidelity = map.one_of("fidelity", kFidelities).value_or("HiFi4");
        if (const Node* fp32 = map.get("fp32_dest"); fp32 != nullptr && fp32->scalar != "auto")
            schedule.fp32_dest = map.boolean("fp32_dest");
        schedule.approx = map.boolean("approx").value_or(false);
        static constexpr std::array<std::string_view, 8> kUnits = {"auto",  "tile",        "tile_row", "tile_column",
                                                                   "image", "output_tile", "stick",    "row"};
        schedule.unit = map.one_of("unit", kUnits).value_or("auto");
        if (const Node* cores = map.get("cores"); cores != nullptr && cores->scalar != "auto") {
            schedule.max_cores = static_cast<int>(map.integer("cores", 1, 1024).value_or(0));
        }
        if (const Node* pages = map.get("cb_pages")) {
            MapReader hints(*pages, "schedule.cb_pages", problems_);
            for (const auto& [key, value] : pages->members) {
                if (const auto count = hints.integer(key.scalar, 1, 512))
                    schedule.cb_pages[key.scalar] = static_cast<int>(*count);
            }
        }
        map.finish();
    }

    void read_emit() {
        const Node* node = root_.get("emit");
        if (node == nullptr) return;
        MapReader map(*node, "emit", problems_);
        if (!map.is_map()) return;
        static constexpr std::array<std::string_view, 3> kDialects = {"seed", "current", "registry"};
        const std::string dialect = map.one_of("dialect", kDialects).value_or("current");
        spec_.dialect = dialect == "seed" ? Dialect::Seed : dialect == "registry" ? Dialect::Registry : Dialect::Current;
        spec_.tdd = map.boolean("tdd").value_or(false);
        spec_.log = map.boolean("log").value_or(false);
        for (const Node* line : map.list("header")) {
            if (line->kind != Node::Kind::Scalar || line->scalar.size() > 100 ||
                line->scalar.find_first_of("\n\r\\") != std::string::npos) {
                map.problem(*line, "header", "bad-value", "header is a list of comment lines of at most 100 characters");
            } else {
                spec_.header.push_back(line->scalar);
            }
        }
        map.finish();
    }
};

}  // namespace

std::optional<Spec> read_spec(const Node& document, std::vector<Problem>& problems) {
    return SpecReader(document, problems).read();
}

}  // namespace tw::builder
