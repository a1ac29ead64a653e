// The shapes that a generated test runs: the spec's own, or some that its rules allow.
#include "base/identifier.h"
#include "builder/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace tw::builder {

namespace {

bool obeys_rules(const Spec& spec, const TestCase& test) {
    return std::all_of(spec.rules.begin(), spec.rules.end(),
                       [&](const SpecRule& rule) { return value_of(rule.syntax, test.sizes).value_or(1) != 0; });
}

// Rules such as K % 64 == 0 want larger shapes than tiles do: by how much, at most 8.
int64_t scale_for_rules(const Spec& spec) {
    std::set<std::string> symbols;
    for (const TensorSpec& tensor : spec.inputs) {
        for (const Dim& dim : tensor.shape->dims) {
            for (const std::string& symbol : dim.symbols()) symbols.insert(symbol);
        }
    }
    for (const int64_t scale : {1, 2, 4, 8}) {
        TestCase test;
        for (const std::string& symbol : symbols) test.sizes[symbol] = 32 * scale;
        if (obeys_rules(spec, test)) return scale;
    }
    return 1;
}

// Shapes for the test when the spec has none (docs/builder.md, "The spec"): one tile, several tiles, not square, a batch.
// Symbols that are among the last two of a tensor are counted in tiles, the others in ones.
std::vector<TestCase> default_cases(const Spec& spec, const Graph& graph) {
    std::vector<std::string> symbols, inner;
    for (const TensorSpec& tensor : spec.inputs) {
        const std::vector<Dim>& dims = tensor.shape->dims;
        for (size_t i = 0; i < dims.size(); ++i) {
            for (const std::string& symbol : dims[i].symbols()) {
                if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end()) symbols.push_back(symbol);
                if (i + 2 >= dims.size() && std::find(inner.begin(), inner.end(), symbol) == inner.end())
                    inner.push_back(symbol);
            }
        }
    }
    struct Pattern {
        const char* id;
        std::array<int64_t, 4> tiles;  // by turns
        int64_t batch;
        std::vector<int64_t> outer;
    };
    static const std::vector<Pattern> patterns = {{"single_tile", {1, 1, 1, 1}, 1, {1, 1}},
                                                  {"multi_tile", {2, 2, 2, 2}, 1, {1, 1}},
                                                  {"non_square", {1, 4, 2, 1}, 1, {1, 1}},
                                                  {"multi_batch", {2, 1, 2, 3}, 2, {2, 3}}};
    // Halves must stay whole tiles.
    int64_t scale = 32;
    for (const Value& value : graph.values) {
        if (value.kind == Value::Kind::RotateHalf) scale = 64;
    }
    for (const TensorSpec& tensor : spec.inputs) {
        for (const Dim& dim : tensor.shape->dims) {
            if (dim.divides()) scale = 64;
        }
    }
    if (spec.output.shape) {
        for (const Dim& dim : spec.output.shape->dims) {
            if (dim.divides()) scale = 64;
        }
    }
    scale *= scale_for_rules(spec);
    std::vector<TestCase> cases;
    for (const Pattern& pattern : patterns) {
        TestCase test;
        test.id = pattern.id;
        if (spec.inputs.front().shape->outer) test.outer = pattern.outer;
        size_t turn = 0;
        for (const std::string& symbol : symbols) {
            const bool tiles = std::find(inner.begin(), inner.end(), symbol) != inner.end();
            test.sizes[symbol] = tiles ? scale * pattern.tiles[turn++ % 4] : pattern.batch;
        }
        cases.push_back(std::move(test));
    }
    // What the rules refuse anyhow is no case.
    std::erase_if(cases, [&](const TestCase& test) { return !obeys_rules(spec, test); });
    return cases;
}

void name_cases(std::vector<TestCase>& cases) {
    std::set<std::string> used;
    for (size_t i = 0; i < cases.size(); ++i) {
        std::string& id = cases[i].id;
        if (id.empty()) {
            for (int64_t size : cases[i].outer) id += (id.empty() ? "" : "x") + std::to_string(size);
            for (const auto& [symbol, size] : cases[i].sizes) id += (id.empty() ? "" : "_") + symbol + std::to_string(size);
        }
        for (char& c : id) c = continues_identifier(c) ? c : '_';
        while (!used.insert(id).second) id += "_" + std::to_string(i);
    }
}

}  // namespace

void choose_cases(Plan& plan) {
    plan.cases = plan.spec.tests.cases.empty() ? default_cases(plan.spec, plan.graph) : plan.spec.tests.cases;
    name_cases(plan.cases);
}

}  // namespace tw::builder
