#include "closeness/correlation.h"

#include "closeness/errors.h"

#include <algorithm>
#include <cmath>

namespace tw::closeness {

namespace {

double masked(double value) {
    return std::isfinite(value) ? value : 0;
}

// What a first look at one side tells.
struct Look {
    double sum = 0, low = HUGE_VAL, high = -HUGE_VAL;
    bool all_nan = true, any = false;

    void at(double value) {
        all_nan = all_nan && std::isnan(value);
        any = any || value != 0;  // a NaN counts, as in PyTorch's conversion to bool
        value = masked(value);
        sum += value;
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

struct Looks {
    Look expected, actual;
    bool equal = true;  // after masking
};

Looks look(const Values& expected, const Values& actual) {
    Looks out;
    for_pairs(expected, actual, [&](size_t, double e, double a) {
        out.expected.at(e);
        out.actual.at(a);
        out.equal = out.equal && masked(e) == masked(a);
    });
    return out;
}

bool square_shows(double value, Element element) {
    if (element == Element::Float64) return value != 0;
    const float narrow = static_cast<float>(value);
    return narrow * narrow != 0;
}

Correlation correlation(const Values& expected, const Values& actual, const Looks& looks) {
    const Look &le = looks.expected, &la = looks.actual;
    if (!(le.high > le.low) || !(la.high > la.low)) return {};
    const double count = static_cast<double>(std::max(expected.count, actual.count));
    const double mean_e = le.sum / count, mean_a = la.sum / count;
    // So that squares of doubles neither overflow nor vanish.
    const double unit_e = std::max(le.high - mean_e, mean_e - le.low), unit_a = std::max(la.high - mean_a, mean_a - la.low);
    double ee = 0, aa = 0, ea = 0;
    bool varies_e = false, varies_a = false;
    for_pairs(expected, actual, [&](size_t, double e, double a) {
        const double de = masked(e) - mean_e, da = masked(a) - mean_a;
        varies_e = varies_e || square_shows(de, expected.element);
        varies_a = varies_a || square_shows(da, actual.element);
        const double x = de / unit_e, y = da / unit_a;
        ee += x * x;
        aa += y * y;
        ea += x * y;
    });
    const double value = ea / std::sqrt(ee * aa);
    if (!varies_e || !varies_a || std::isnan(value)) return {};
    return {value, true};
}

}  // namespace

Correlation correlation(const Values& expected, const Values& actual) {
    return correlation(expected, actual, look(expected, actual));
}

Agreement agree_by_pcc(const Values& expected, const Values& actual, double threshold, double rtol, double atol) {
    const auto verdict = [](bool passed) { return Agreement{passed, passed ? 1.0 : 0.0}; };
    if (expected.count == 0 || actual.count == 0) return verdict(expected.count == actual.count);
    const Looks looks = look(expected, actual);
    if (looks.expected.all_nan || looks.actual.all_nan) return verdict(looks.expected.all_nan && looks.actual.all_nan);
    if (looks.expected.any != looks.actual.any) return verdict(all_close(expected, actual, {.rtol = rtol, .atol = atol}));
    if (looks.equal) return verdict(true);
    const Correlation found = correlation(expected, actual, looks);
    if (!found.defined) {
        const bool wide = expected.element == Element::Float64;
        return verdict(all_close(expected, actual,
                                 {.rtol = rtol,
                                  .atol = atol,
                                  .special_is_zero = true,
                                  .arithmetic = wide ? Element::Float64 : Element::Float32}));
    }
    return {found.value >= threshold, found.value};
}

}  // namespace tw::closeness
