#include "builder/spec/tests.h"

#include "builder/spec/python_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tw::builder {

namespace {

class TestsReader {
public:
    TestsReader(MapReader& root, Spec& spec, std::vector<Problem>& problems)
        : root_(root), spec_(spec), problems_(problems) {}

    void run() {
        const Node* node = root_.get("tests");
        if (node == nullptr) return;
        spec_.tests.where = node->where;
        MapReader map(*node, "tests", problems_);
        if (!map.is_map()) return;
        if (const Node* shapes = map.get("shapes")) {
            if (shapes->kind != Node::Kind::Sequence || shapes->items.empty() || shapes->items.size() > 64) {
                map.problem(*shapes, "shapes", "bad-test-shape",
                            "shapes is a list of 1 to 64 shapes of the first input, or of maps of sizes");
            } else {
                for (const Node& item : shapes->items) read_test_shape(item);
            }
        }
        spec_.tests.rtol = map.number("rtol", 0, 10);
        spec_.tests.atol = map.number("atol", 0, 1e6);
        spec_.tests.pcc = map.number("pcc", 0, 1);
        if (const Node* uniform = map.get("uniform")) {
            if (uniform->kind != Node::Kind::Map)
                map.problem(*uniform, "uniform", "not-a-map", "uniform is a map: {x: [0.5, 2]}");
            for (const auto& [key, value] : uniform->members) {
                std::vector<double> ends;
                for (const Node& item : value.items) {
                    if (const std::optional<double> end = number_of(item)) ends.push_back(*end);
                }
                if (spec_.input(key.scalar) == nullptr || ends.size() != 2 || value.items.size() != 2 ||
                    ends[0] >= ends[1]) {
                    map.problem(key, "uniform", "bad-value",
                                "uniform gives an input the interval that its test data are drawn from: {x: [0.5, 2]}");
                } else {
                    spec_.tests.uniform[key.scalar] = {ends[0], ends[1]};
                }
            }
        }
        if (const std::optional<std::string> text = map.text("torch")) {
            const Node& node = *map.get("torch");
            const auto known = [&](std::string_view name) {
                return spec_.input(name) != nullptr || spec_.param(name) != nullptr;
            };
            if (text->size() > 1000)
                map.problem(node, "torch", "bad-reference", "torch is one Python expression of at most 1000 characters");
            else if (const auto torch = python_expression(*text, node.text_where, "tests.torch", known, problems_))
                spec_.tests.torch = *torch;
        }
        map.finish();
    }

private:
    MapReader& root_;
    Spec& spec_;
    std::vector<Problem>& problems_;

    void problem(Where where, std::string key, std::string code, std::string what, std::string why = {},
                 std::string fix = {}) {
        problems_.push_back({where, std::move(key), std::move(code), std::move(what), std::move(why), std::move(fix)});
    }

    // Binds the symbols of `shape` to the sizes of one test shape. False (and a problem) when they cannot be.
    bool bind(const Shape& shape, const std::vector<int64_t>& sizes, const Node& at, TestCase& result) {
        const size_t rank = shape.dims.size();
        if (sizes.size() < rank || (!shape.outer && sizes.size() != rank)) {
            problem(at.where, "tests.shapes", "bad-test-shape",
                    fmt::format("a shape of rank {} does not fit {}", sizes.size(), shape.str()));
            return false;
        }
        const size_t outer = sizes.size() - rank;
        result.outer.assign(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(outer));
        for (size_t i = 0; i < rank; ++i) {
            const int64_t size = sizes[outer + i];
            const auto scaled = shape.dims[i].scaled_symbol();
            if (scaled && size % scaled->second == 0) {
                const int64_t value = size / scaled->second;
                const auto [entry, fresh] = result.sizes.emplace(scaled->first, value);
                if (fresh || entry->second == value) continue;
            } else if (const auto number = shape.dims[i].number(); !scaled && (!number || *number == size)) {
                continue;
            }
            problem(at.where, "tests.shapes", "bad-test-shape",
                    fmt::format("size {} does not fit {} of {}", size, shape.dims[i].str(), shape.str()));
            return false;
        }
        return true;
    }

    void read_test_shape(const Node& item) {
        if (spec_.inputs.empty() || !spec_.inputs.front().shape) return;
        TestCase test;
        auto add_size = [&](const Node& node, std::string_view text, std::vector<int64_t>& sizes) {
            Node scalar;
            scalar.kind = Node::Kind::Scalar;
            scalar.scalar = std::string(text);
            const std::optional<double> size = number_of(scalar);
            if (!size || *size < 1 || *size > 1 << 20 || *size != std::floor(*size)) {
                problem(node.where, "tests.shapes", "bad-test-shape",
                        fmt::format("'{}' is not a size from 1 to 1048576", text));
                return false;
            }
            sizes.push_back(static_cast<int64_t>(*size));
            return true;
        };
        if (item.kind == Node::Kind::Map) {
            for (const auto& [key, value] : item.members) {
                std::vector<int64_t> sizes;
                if (key.scalar == "id") {
                    test.id = value.scalar;
                } else if (key.scalar == "outer") {
                    for (const Node& size : value.items) {
                        if (!add_size(size, size.scalar, test.outer)) return;
                    }
                } else if (!is_dimension(spec_, key.scalar) && !is_used_symbol(key.scalar)) {
                    problem(key.where, "tests.shapes", "unknown-name",
                            fmt::format("'{}' is not a dimension of an input", key.scalar), "also allowed: id, outer");
                    return;
                } else if (add_size(value, value.scalar, sizes)) {
                    test.sizes[key.scalar] = sizes.front();
                } else {
                    return;
                }
            }
        } else {
            std::vector<int64_t> sizes;
            if (item.kind == Node::Kind::Sequence) {
                for (const Node& size : item.items) {
                    if (!add_size(size, size.scalar, sizes)) return;
                }
            } else {
                std::string text = item.scalar;
                text.erase(std::remove_if(text.begin(), text.end(),
                                          [](char c) { return c == ' ' || c == '(' || c == ')' || c == '[' || c == ']'; }),
                           text.end());
                for (size_t start = 0; start < text.size();) {
                    const size_t end = std::min(text.find(',', start), text.size());
                    if (!add_size(item, text.substr(start, end - start), sizes)) return;
                    start = end + 1;
                }
            }
            if (!bind(*spec_.inputs.front().shape, sizes, item, test)) return;
        }
        for (const TensorSpec& tensor : spec_.inputs) {
            if (!tensor.shape) return;
            for (const Dim& dim : tensor.shape->dims) {
                const std::optional<int64_t> size = dim.value(test.sizes);
                if (size && *size > 0) continue;
                problem(item.where, "tests.shapes", "bad-test-shape",
                        fmt::format("this test shape gives {} of {} no size", dim.str(), tensor.name), "",
                        "give every symbol: {M: 64, K: 32, N: 96}");
                return;
            }
        }
        spec_.tests.cases.push_back(std::move(test));
    }

    bool is_used_symbol(const std::string& name) const {
        for (const TensorSpec& tensor : spec_.inputs) {
            if (!tensor.shape) continue;
            for (const Dim& dim : tensor.shape->dims) {
                const std::vector<std::string> symbols = dim.symbols();
                if (std::find(symbols.begin(), symbols.end(), name) != symbols.end()) return true;
            }
        }
        return false;
    }
};

}  // namespace

bool is_dimension(const Spec& spec, const std::string& name) {
    for (const TensorSpec& tensor : spec.inputs) {
        if (!tensor.shape || tensor.optional) continue;
        for (const Dim& dim : tensor.shape->dims) {
            const auto scaled = dim.scaled_symbol();
            if (scaled && scaled->first == name) return true;
        }
    }
    return false;
}

void read_tests(MapReader& root, Spec& spec, std::vector<Problem>& problems) {
    TestsReader(root, spec, problems).run();
}

}  // namespace tw::builder
