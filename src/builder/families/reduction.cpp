// Reductions whose result stays reduced.
#include "builder/families/lanes.h"
#include "builder/plan/wiring.h"

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class ReductionFamily : public LaneFamily {
public:
    std::string_view name() const override { return "reduction"; }
    std::string_view title() const override {
        return "sum, mean, max, min, prod, argmax over W, H, both or an outer dimension";
    }
    std::string_view example() const override { return "sum(square(x), W)"; }
    int particularity() const override { return 40; }
    Rounding rounding() const override { return Rounding::OverALane; }
    bool matches(const Spec& spec, const Graph& graph) const override {
        return uses(graph, {Kind::Reduce, Kind::ArgReduce}) && !spreads(spec, graph);
    }
};

const RegisteredFamily<ReductionFamily> kReduction;

}  // namespace

}  // namespace tw::builder
