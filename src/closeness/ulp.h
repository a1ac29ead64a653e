// Distances in units of the last place (ULP): the unit at x is the step from |x| to the next larger number of a format, at
// the largest one the step before it (D. Goldberg, "What every computer scientist should know about floating-point
// arithmetic").
#pragma once

#include "closeness/values.h"

namespace tw::closeness {

// NaN for what is not finite.
double unit_in_last_place(double value, const Precision&);

// A device's result against the exact one, for a unit that knows no denormals: below the smallest normal number both count
// as zero. An infinity stands one step past the largest number; a NaN is wrong by 1e30 unless both are.
double device_ulp_error(double actual, double expected, const Precision&);

struct UlpError {
    bool actual_is_finite = true;
    bool same_specials = true;  // NaNs and infinities in the same places
    double max = 0, mean = 0;   // NaNs and infinities count as zero; NaN where there is no unit
    size_t at = 0;              // of the largest
    double unit = 0;            // there
};
// In units of the format of `actual` (what was computed) at `expected`, which may be of a wider one: errors below one unit
// show. Arithmetic is rounded as in the expected format, so that a threshold means what it means to ttnn.comparison.
UlpError ulp_error(const Values& expected, const Values& actual);

}  // namespace tw::closeness
