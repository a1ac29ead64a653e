// Softmax and norms: what a reduction found out about a lane goes back into all of it.
#include "builder/families/lanes.h"

namespace tw::builder {

namespace {

class NormalizationFamily : public LaneFamily {
public:
    std::string_view name() const override { return "normalization"; }
    std::string_view title() const override {
        return "softmax, layer and RMS norm, centering: reductions spread over their lane again";
    }
    std::string_view example() const override { return "x * rsqrt(mean(x * x, W) + epsilon)"; }
    int particularity() const override { return 50; }
    bool matches(const Spec& spec, const Graph& graph) const override { return spreads(spec, graph); }
};

const RegisteredFamily<NormalizationFamily> kNormalization;

}  // namespace

}  // namespace tw::builder
