#include "closeness/ulp.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tw::closeness {

double unit_in_last_place(double value, const Precision& p) {
    if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
    const int exponent = value == 0 ? p.min_exponent : std::max(std::ilogb(value), p.min_exponent);
    return std::ldexp(1.0, exponent - p.digits + 1);
}

double device_ulp_error(double actual, double expected, const Precision& p) {
    if (std::isnan(expected) || std::isnan(actual)) return std::isnan(expected) == std::isnan(actual) ? 0 : 1e30;
    const double top = std::ldexp(1.0, p.max_exponent + 1);
    const double want = std::clamp(expected, -top, top);
    const double got = std::isinf(actual) ? std::copysign(top, actual) : actual;
    // Give or take a rounding: a result may become the smallest normal number on the way and be cut after it.
    const double small = std::ldexp(1 + 0x1p-20, p.min_exponent);
    if (std::abs(want) < small && std::abs(got) <= small) return 0;
    const double largest = std::ldexp(1.0, p.max_exponent);
    return std::abs(got - want) / unit_in_last_place(std::min(std::abs(want), largest), p);
}

UlpError ulp_error(const Values& expected, const Values& actual) {
    UlpError out;
    double sum = 0;
    const Precision precision = precision_of(actual.element);
    for_pairs(expected, actual, [&](size_t index, double e, double a) {
        out.actual_is_finite = out.actual_is_finite && std::isfinite(a);
        if (!std::isfinite(e) || !std::isfinite(a)) {
            const bool same = (std::isnan(e) && std::isnan(a)) || e == a;
            out.same_specials = out.same_specials && same;
            e = a = 0;  // which may have no unit in the expected format, as in ttnn.comparison
        }
        const double unit = rounded(unit_in_last_place(rounded(e, actual.element), precision), expected.element);
        const double error =
            rounded(rounded(std::abs(rounded(a, expected.element) - e), expected.element) / unit, expected.element);
        sum += error;
        if (std::isnan(out.max)) return;
        if (error > out.max || std::isnan(error) || index == 0) {
            out.max = error;
            out.at = index;
            out.unit = unit;
        }
    });
    const size_t count = std::max(expected.count, actual.count);
    out.mean = count == 0 ? 0 : sum / static_cast<double>(count);
    return out;
}

}  // namespace tw::closeness
