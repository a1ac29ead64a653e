#include "closeness/errors.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tw::closeness {

bool all_close(const Values& expected, const Values& actual, const Tolerance& tolerance) {
    const Element type = tolerance.arithmetic.value_or(expected.element);
    const double rtol = type == Element::Float64 ? tolerance.rtol : static_cast<float>(tolerance.rtol);
    const double atol = type == Element::Float64 ? tolerance.atol : static_cast<float>(tolerance.atol);
    const bool exact = tolerance.rtol == 0 && tolerance.atol == 0;
    bool close = true;
    for_pairs(expected, actual, [&](size_t, double e, double a) {
        if (tolerance.special_is_zero) {
            if (!std::isfinite(e)) e = 0;
            if (!std::isfinite(a)) a = 0;
        }
        if (e == a || (tolerance.equal_nan && std::isnan(e) && std::isnan(a))) return;
        const double allowed = rounded(atol + std::abs(rounded(rtol * a, type)), type);
        const double error = std::abs(rounded(e - a, type));
        close = close && !exact && std::isfinite(error) && error <= allowed;
    });
    return close;
}

bool equal(const Values& expected, const Values& actual) {
    if (expected.count != actual.count) return false;
    bool same = true;
    // As doubles, 64-bit integers that are neighbours may be equal.
    const auto wide = [](Element e) { return e == Element::Int64 || e == Element::UInt64; };
    if (expected.element == actual.element && wide(expected.element)) {
        const auto *e = static_cast<const int64_t*>(expected.data), *a = static_cast<const int64_t*>(actual.data);
        return std::equal(e, e + expected.count, a);
    }
    for_pairs(expected, actual, [&](size_t, double e, double a) { same = same && e == a; });
    return same;
}

Delta largest_delta(const Values& expected, const Values& actual) {
    Delta out;
    const auto larger = [](double most, double now) { return std::isnan(now) || now > most ? now : most; };
    for_pairs(expected, actual, [&](size_t, double e, double a) {
        const double delta = e == a ? 0 : std::abs(e - a);
        if (!std::isnan(out.absolute)) out.absolute = larger(out.absolute, delta);
        if (!std::isnan(out.relative)) out.relative = larger(out.relative, delta == 0 ? 0 : delta / std::abs(a));
    });
    return out;
}

ErrorNorm error_norm(const Values& expected, const Values& actual) {
    double most_error = 0, most_expected = 0;
    bool nan = false;
    for_pairs(expected, actual, [&](size_t, double e, double a) {
        nan = nan || std::isnan(e - a);
        most_error = std::max(most_error, std::abs(a - e));
        most_expected = std::max(most_expected, std::abs(e));
    });
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    if (nan) return {kNan, kNan};
    double error = 0, size = 0;
    for_pairs(expected, actual, [&](size_t, double e, double a) {
        const double x = most_error == 0 ? 0 : (a - e) / most_error, y = most_expected == 0 ? 0 : e / most_expected;
        error += x * x;
        size += y * y;
    });
    return {most_error * std::sqrt(error), most_expected * std::sqrt(size)};
}

RowScale row_scale_bias(const Values& expected, const Values& actual, size_t row_length) {
    RowScale out;
    double ee = 0, ea = 0, sum = 0;
    const auto finish = [&](size_t row) {
        if (ee != 0) {
            const double bias = ea / ee - 1;
            sum += bias;
            ++out.rows;
            if (!std::isnan(out.worst) && !(std::abs(bias) <= std::abs(out.worst))) {
                out.worst = bias;
                out.worst_row = row;
            }
        }
        ee = ea = 0;
    };
    for_pairs(expected, actual, [&](size_t index, double e, double a) {
        ee += e * e;
        ea += e * a;
        if ((index + 1) % row_length == 0) finish(index / row_length);
    });
    out.mean = out.rows == 0 ? 0 : sum / static_cast<double>(out.rows);
    return out;
}

}  // namespace tw::closeness
