// The shapes that a generated test runs: the spec's own, or some that its rules allow; and in any case shapes on which
// kernels fail that are right for whole tiles, a few of them: padding within a tile, a prime number of units, a row of
// 4096, and, by the number of cores, a second and a third unit on a core and two groups of cores with different counts.
#include "base/identifier.h"
#include "builder/plan/plan.h"
#include "builder/plan/size_value.h"

#include <algorithm>
#include <array>
#include <set>

namespace tw::builder {

namespace {

constexpr int64_t kWide = 4096;

// Symbols in the order in which the inputs have them; those among the last two of a tensor are counted in tiles.
struct Symbols {
    std::vector<std::string> all, inner;

    explicit Symbols(const Spec& spec) {
        for (const TensorSpec& tensor : spec.inputs) {
            const std::vector<Dim>& dims = tensor.shape->dims;
            for (size_t i = 0; i < dims.size(); ++i) {
                for (const std::string& symbol : dims[i].symbols()) {
                    add(all, symbol);
                    if (i + 2 >= dims.size()) add(inner, symbol);
                }
            }
        }
    }
    bool in_tiles(const std::string& symbol) const { return std::find(inner.begin(), inner.end(), symbol) != inner.end(); }

private:
    static void add(std::vector<std::string>& list, const std::string& symbol) {
        if (std::find(list.begin(), list.end(), symbol) == list.end()) list.push_back(symbol);
    }
};

// Rules such as K % 64 == 0 want larger shapes than tiles do: by how much, at most 8.
int64_t scale_for_rules(const Spec& spec, const Symbols& symbols) {
    for (const int64_t scale : {1, 2, 4, 8}) {
        TestCase test;
        for (const std::string& symbol : symbols.all) test.sizes[symbol] = kTile * scale;
        const auto obeyed = [&](const SpecRule& rule) { return value_of(rule.syntax, test.sizes).value_or(1) != 0; };
        if (std::all_of(spec.rules.begin(), spec.rules.end(), obeyed)) return scale;
    }
    return 1;
}

// The elements behind which each size of a case is whole: a tile, and two where halves must be whole tiles.
int64_t step_of(const Plan& plan, const Symbols& symbols) {
    const auto rotates = [](const Value& value) { return value.kind == Value::Kind::RotateHalf; };
    const auto divides = [](const TensorSpec& tensor) {
        return tensor.shape && std::any_of(tensor.shape->dims.begin(), tensor.shape->dims.end(),
                                           [](const Dim& dim) { return dim.divides(); });
    };
    const bool halves = std::any_of(plan.graph.values.begin(), plan.graph.values.end(), rotates) ||
                        std::any_of(plan.spec.inputs.begin(), plan.spec.inputs.end(), divides) || divides(plan.spec.output);
    return (halves ? 2 * kTile : kTile) * scale_for_rules(plan.spec, symbols);
}

class Chooser {
public:
    explicit Chooser(Plan& plan) : plan_(plan), symbols_(plan.spec), step_(step_of(plan, symbols_)) {}

    void run() {
        plan_.cases = plan_.spec.tests.cases;
        if (plan_.cases.empty()) comfortable();
        name(plan_.cases);
        if (plan_.cases.empty()) return;  // the rules refuse all that was tried
        if (!plan_.sharded) uncomfortable();
        grown();
    }

private:
    Plan& plan_;
    const Symbols symbols_;
    const int64_t step_;

    bool has_outer() const { return plan_.spec.inputs.front().shape->outer; }

    // docs/builder.md, "The spec": one tile, several tiles, not square, a batch.
    void comfortable() {
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
        for (const Pattern& pattern : patterns) {
            TestCase test{pattern.id, {}, {}};
            if (has_outer()) test.outer = pattern.outer;
            size_t turn = 0;
            for (const std::string& symbol : symbols_.all)
                test.sizes[symbol] = symbols_.in_tiles(symbol) ? step_ * pattern.tiles[turn++ % 4] : pattern.batch;
            add(std::move(test));
        }
    }

    TestCase of_one_tile(const char* id) const {
        TestCase test{id, {}, {}};
        if (has_outer()) test.outer = {1, 1};
        for (const std::string& symbol : symbols_.all) test.sizes[symbol] = symbols_.in_tiles(symbol) ? step_ : 1;
        return test;
    }

    void uncomfortable() {
        TestCase prime = of_one_tile("prime_count");
        if (has_outer())
            prime.outer = {7, 1};
        else if (!symbols_.all.empty())
            prime.sizes[symbols_.all.front()] *= 7;
        add(std::move(prime));

        TestCase ragged = of_one_tile("ragged");
        static constexpr std::array<int64_t, 4> sizes = {50, 47, 33, 95};
        for (size_t i = 0; i < symbols_.inner.size(); ++i) ragged.sizes[symbols_.inner[i]] = sizes[i % sizes.size()];
        if (has_outer()) ragged.outer = {2, 1};
        add(std::move(ragged));

        TestCase wide = of_one_tile("wide");
        if (const auto& dims = plan_.spec.inputs.front().shape->dims; !dims.empty()) {
            if (const auto width = dims.back().only_symbol()) wide.sizes[*width] = kWide;
            // Kernels that keep a row in L1 have none for it where it is wider than that.
            if (l1_bytes(plan_, wide).value_or(0) <= kL1ForBuffers) add(std::move(wide));
        }
    }

    // One more than there are cores; and on each core two, on some of them three.
    void grown() {
        if (plan_.sharded) return;
        std::vector<std::pair<std::string, int64_t>> candidates;
        if (has_outer()) candidates.emplace_back("", 1);
        for (const std::string& symbol : symbols_.all)
            candidates.emplace_back(symbol, symbols_.in_tiles(symbol) ? step_ : 1);
        for (const auto& [symbol, unit] : candidates) {
            const GrownCase one{"one_more_than_cores", of_one_tile(""), symbol, unit, 1, 1};
            const GrownCase two{"two_core_groups", of_one_tile(""), symbol, unit, 2, 3};
            const auto first = size_value(plan_, one.at(49), plan_.units),
                       second = size_value(plan_, one.at(50), plan_.units);
            if (!first || !second || *first != 50 || *second != 51) continue;
            for (const GrownCase& grown : {one, two}) {
                if (accepts(plan_, grown.at(7)) && accepts(plan_, grown.at(64))) plan_.grown_cases.push_back(grown);
            }
            if (!plan_.grown_cases.empty()) return;
        }
    }

    void add(TestCase test) {
        const auto same = [&](const TestCase& known) { return known.outer == test.outer && known.sizes == test.sizes; };
        const bool known = std::any_of(plan_.cases.begin(), plan_.cases.end(), same);
        if (!known && accepts(plan_, test)) plan_.cases.push_back(std::move(test));
    }

    static void name(std::vector<TestCase>& cases) {
        std::set<std::string> used;
        for (size_t i = 0; i < cases.size(); ++i) {
            std::string& id = cases[i].id;
            if (id.empty()) {
                for (int64_t size : cases[i].outer) id += (id.empty() ? "" : "x") + std::to_string(size);
                for (const auto& [symbol, size] : cases[i].sizes)
                    id += (id.empty() ? "" : "_") + symbol + std::to_string(size);
            }
            for (char& c : id) c = continues_identifier(c) ? c : '_';
            while (!used.insert(id).second) id += "_" + std::to_string(i);
        }
    }
};

}  // namespace

TestCase GrownCase::at(int64_t cores) const {
    TestCase test = base;
    const int64_t units = per_core * cores + more;
    if (symbol.empty())
        test.outer.front() = units;
    else
        test.sizes[symbol] = unit * units;
    return test;
}

void choose_cases(Plan& plan) {
    Chooser(plan).run();
}

}  // namespace tw::builder
