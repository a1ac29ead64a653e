// Pearson's correlation coefficient (PCC), and the question that tests ask by it: do two tensors agree?
#pragma once

#include "closeness/values.h"

namespace tw::closeness {

struct Correlation {
    double value = 0;
    // False where one side does not vary: a constant, or (in formats below float64) numbers whose squares are all zero in
    // float32. No coefficient exists then, and calling it 1 lets a stuck output pass.
    bool defined = false;
};
// NaNs and infinities count as zero.
Correlation correlation(const Values& expected, const Values& actual);

struct Agreement {
    bool passed = false;
    double pcc = 0;
};
// What ttnn.comparison.comp_pcc answers for tensors of one type: NaN throughout agrees with itself only; where there is no
// coefficient, and where one side alone is zero, closeness by the tolerances decides and the figure is 1 or 0.
Agreement agree_by_pcc(const Values& expected, const Values& actual, double threshold, double rtol, double atol);

}  // namespace tw::closeness
