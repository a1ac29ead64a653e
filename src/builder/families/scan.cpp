// Running sums and products: each element of a lane needs those before it.
#include "builder/families/lanes.h"
#include "builder/plan/wiring.h"

namespace tw::builder {

namespace {

using Kind = Value::Kind;

class ScanFamily : public LaneFamily {
public:
    std::string_view name() const override { return "scan"; }
    std::string_view title() const override { return "cumsum and cumprod along a lane"; }
    std::string_view example() const override { return "cumsum(x, H)"; }
    int particularity() const override { return 60; }
    Rounding rounding() const override { return Rounding::OverALane; }
    bool matches(const Spec&, const Graph& graph) const override { return uses(graph, {Kind::Scan}); }
};

const RegisteredFamily<ScanFamily> kScan;

}  // namespace

}  // namespace tw::builder
