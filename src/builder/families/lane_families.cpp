// Reductions, normalizations and scans: which math is which. All are planned as lanes (lanes.cpp).
#include "builder/families/family.h"

namespace tw::builder {

namespace {

using Kind = Value::Kind;

bool has(const Graph& graph, Kind kind) {
    return uses(graph, {kind});
}

// The result of a reduction is spread over the lane again.
bool spreads(const Spec& spec, const Graph& graph) {
    if (has(graph, Kind::Softmax)) return true;
    if (!has(graph, Kind::Reduce) || !spec.output.shape || !spec.inputs.front().shape) return false;
    bool supported = true;
    return page_map(*spec.inputs.front().shape, *spec.output.shape, supported) == PageMap::Same;
}

class LaneFamily : public Family {
public:
    void plan(Plan& plan, std::vector<Problem>& problems) const override { plan_lanes(plan, problems); }
};

class ReductionFamily : public LaneFamily {
public:
    std::string_view name() const override { return "reduction"; }
    std::string_view title() const override {
        return "sum, mean, max, min, prod, argmax over W, H, both or an outer dimension";
    }
    std::string_view example() const override { return "sum(square(x), W)"; }
    bool matches(const Spec& spec, const Graph& graph) const override {
        return (has(graph, Kind::Reduce) || has(graph, Kind::ArgReduce)) && !spreads(spec, graph);
    }
};

class NormalizationFamily : public LaneFamily {
public:
    std::string_view name() const override { return "normalization"; }
    std::string_view title() const override {
        return "softmax, layer and RMS norm, centering: reductions spread over their lane again";
    }
    std::string_view example() const override { return "x * rsqrt(mean(x * x, W) + epsilon)"; }
    bool matches(const Spec& spec, const Graph& graph) const override { return spreads(spec, graph); }
};

class ScanFamily : public LaneFamily {
public:
    std::string_view name() const override { return "scan"; }
    std::string_view title() const override { return "cumsum and cumprod along a lane"; }
    std::string_view example() const override { return "cumsum(x, H)"; }
    bool matches(const Spec&, const Graph& graph) const override { return has(graph, Kind::Scan); }
};

}  // namespace

const Family& reduction_family() {
    static const ReductionFamily family;
    return family;
}

const Family& normalization_family() {
    static const NormalizationFamily family;
    return family;
}

const Family& scan_family() {
    static const ScanFamily family;
    return family;
}

}  // namespace tw::builder
