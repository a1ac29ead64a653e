// Planning by lanes: what reductions, normalizations and scans have in common.
#pragma once

#include "builder/plan/family.h"

#include <vector>

namespace tw::builder {

class LaneFamily : public Family {
public:
    void plan(Plan&, std::vector<Problem>&) const override;

protected:
    // The result of a reduction is spread over the lane again.
    static bool spreads(const Spec&, const Graph&);
};

}  // namespace tw::builder
