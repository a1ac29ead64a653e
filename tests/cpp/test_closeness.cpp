// src/closeness on small arrays whose figures can be worked out by hand, and against plain sums in long double.
#include "closeness/correlation.h"
#include "closeness/errors.h"
#include "closeness/ulp.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <random>
#include <vector>

using namespace tw::closeness;

namespace {

Values of(const std::vector<double>& v) {
    return {v.data(), Element::Float64, v.size()};
}
Values of(const std::vector<float>& v) {
    return {v.data(), Element::Float32, v.size()};
}
Values words(const std::vector<uint16_t>& v, Element element) {
    return {v.data(), element, v.size()};
}

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("closeness reads every 16-bit float as the formats define them") {
    for (const auto& [element, precision] : {std::pair{Element::Float16, kFloat16}, {Element::Bfloat16, kBfloat16}}) {
        const int bits = precision.digits - 1, exponents = 15 - bits;
        for (uint32_t word = 0; word < 65536; ++word) {
            const std::vector<uint16_t> one{static_cast<uint16_t>(word)};
            double value = 0;
            read(words(one, element), 0, 1, &value);
            const int exponent = static_cast<int>(word >> bits) & ((1 << exponents) - 1);
            const double fraction = std::ldexp(word & ((1u << bits) - 1), -bits);
            const double sign = word >> 15 != 0 ? -1 : 1;
            if (exponent == (1 << exponents) - 1) {
                CHECK((fraction == 0 ? value == sign * kInf : std::isnan(value)));
            } else {
                const int e = exponent == 0 ? precision.min_exponent : exponent - precision.max_exponent;
                CHECK(value == sign * std::ldexp((exponent == 0 ? 0 : 1) + fraction, e));
                CHECK(rounded(value, element) == value);
            }
        }
    }
}

TEST_CASE("closeness rounds to the nearest number, ties to even, and past the largest to infinity") {
    CHECK(rounded(1 + 0x1p-8, Element::Bfloat16) == 1);
    CHECK(rounded(1 + 0x3p-8, Element::Bfloat16) == 1 + 0x1p-6);
    CHECK(rounded(1 + 0x1.8p-8, Element::Bfloat16) == 1 + 0x1p-7);
    CHECK(rounded(65519, Element::Float16) == 65504);
    CHECK(rounded(65520, Element::Float16) == kInf);
    CHECK(rounded(-0x1p-25, Element::Float16) == 0);
    CHECK(rounded(0x1.8p-24, Element::Float16) == 0x1p-23);
    CHECK(rounded(1 + 0x1p-30, Element::Float64) == 1 + 0x1p-30);
}

TEST_CASE("the unit in the last place is the step to the next larger number") {
    for (const float x : {1.0f, 1.5f, -3.0f, 1e-30f, 0x1p-126f, 0x1p-130f, 0.0f, 7e37f}) {
        const double up = std::nextafter(std::abs(x), HUGE_VALF);
        CHECK(unit_in_last_place(x, kFloat32) == up - std::abs(x));
    }
    const float most = std::numeric_limits<float>::max();
    CHECK(unit_in_last_place(most, kFloat32) == most - double{std::nextafter(most, 0.0f)});
    CHECK(std::isnan(unit_in_last_place(kInf, kFloat32)));
}

TEST_CASE("errors in ULP are in units of the computed type, and show parts of one") {
    const std::vector<double> expected{1.00390625, 2, 4};
    const std::vector<uint16_t> actual{0x3f80, 0x4000, 0x4081};  // 1, 2, 4 + 1/32 in bfloat16
    const UlpError error = ulp_error(of(expected), words(actual, Element::Bfloat16));
    CHECK(error.max == 1);
    CHECK(error.at == 2);
    CHECK(error.unit == 0x1p-5);
    CHECK(error.mean == doctest::Approx((0.5 + 0 + 1) / 3));
    CHECK(error.same_specials);
}

TEST_CASE("a device's errors take denormals for zero and infinity for the next number") {
    CHECK(device_ulp_error(0, 0x1p-130, kFloat32) == 0);
    CHECK(device_ulp_error(0x1p-126, 0x1p-127, kFloat32) == 0);
    CHECK(device_ulp_error(kInf, 0x1.fffffep127, kFloat32) == 1);
    CHECK(device_ulp_error(kInf, 1e300, kFloat32) == 0);
    CHECK(device_ulp_error(kNan, kNan, kBfloat16) == 0);
    CHECK(device_ulp_error(kNan, 1, kBfloat16) == 1e30);
    CHECK(device_ulp_error(1 + 0x1p-7, 1, kBfloat16) == 1);
}

TEST_CASE("the correlation is Pearson's") {
    std::mt19937 random{3};
    std::normal_distribution<double> normal{100, 2};
    std::vector<double> x(2049), y(2049);
    long double sx = 0, sy = 0;
    for (size_t i = 0; i < x.size(); ++i) {
        x[i] = normal(random);
        y[i] = 0.5 * x[i] + normal(random);
        sx += x[i];
        sy += y[i];
    }
    const long double mx = sx / x.size(), my = sy / y.size();
    long double xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    const Correlation found = correlation(of(x), of(y));
    CHECK(found.defined);
    CHECK(found.value == doctest::Approx(static_cast<double>(xy / std::sqrt(xx * yy))).epsilon(1e-12));
}

TEST_CASE("what does not vary has no correlation, whatever rounding its mean has") {
    for (const size_t count : {1u, 2u, 3u, 7u, 1000u, 2049u}) {
        std::vector<double> ramp(count);
        for (size_t i = 0; i < count; ++i) ramp[i] = static_cast<double>(i);
        for (const double value : {0.0, 0.1, -0.7, 1e300, 1e-300}) {
            const std::vector<double> constant(count, value);
            CHECK_FALSE(correlation(of(constant), of(ramp)).defined);
            CHECK_FALSE(correlation(of(ramp), of(constant)).defined);
        }
    }
    const std::vector<double> huge{1e300, -1e300, 2e300}, small{1e-300, -1e-300, 2e-300};
    CHECK(correlation(of(huge), of(small)).value == doctest::Approx(1));
}

TEST_CASE("a stuck output does not agree") {
    const std::vector<float> random{0.3f, -1, 2, 0.5f}, stuck(4, 0.7f), one(4, 1), five(4, 5), zero(4, 0), small(4, 1e-5f);
    const auto agree = [](const Values& e, const Values& a) { return agree_by_pcc(e, a, 0.99, 1e-5, 1e-4).passed; };
    CHECK_FALSE(agree(of(random), of(stuck)));
    CHECK_FALSE(agree(of(stuck), of(random)));
    CHECK_FALSE(agree(of(one), of(five)));
    CHECK(agree(of(one), of(one)));
    CHECK(agree(of(zero), of(small)));
    CHECK_FALSE(agree(of(zero), of(five)));
}

TEST_CASE("the relative RMS neither overflows nor vanishes") {
    for (const double scale : {1.0, 1e-200, 1e200}) {
        const std::vector<double> expected{3 * scale, 4 * scale}, actual{3 * scale, 5 * scale};
        CHECK(error_norm(of(expected), of(actual)).relative() == doctest::Approx(0.2));
    }
    const std::vector<double> zero{0, 0}, off{3, 4}, broken{kNan, 0};
    CHECK(error_norm(of(zero), of(off)).relative() == doctest::Approx(5));
    CHECK(std::isnan(error_norm(of(off), of(broken)).relative()));
    CHECK(error_norm(of(zero), of(zero)).relative() == 0);
}

TEST_CASE("the scale of rows shows what a correlation hides") {
    constexpr size_t kRow = 37, kRows = 50;
    std::mt19937 random{5};
    std::normal_distribution<double> normal;
    std::vector<double> expected(kRow * kRows), actual(expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        expected[i] = i / kRow == 7 ? 0 : normal(random);
        actual[i] = expected[i] * (i / kRow == 31 ? 0.9 : 0.952);
    }
    const RowScale bias = row_scale_bias(of(expected), of(actual), kRow);
    CHECK(bias.rows == kRows - 1);
    CHECK(bias.mean == doctest::Approx((48 * -0.048 - 0.1) / 49));
    CHECK(bias.worst == doctest::Approx(-0.1));
    CHECK(bias.worst_row == 31);
    CHECK(correlation(of(expected), of(actual)).value > 0.999);
}

TEST_CASE("closeness compares 64-bit integers exactly") {
    const std::vector<int64_t> a{1ll << 60, 5}, b{(1ll << 60) + 1, 5};
    CHECK_FALSE(equal({a.data(), Element::Int64, 2}, {b.data(), Element::Int64, 2}));
    CHECK(equal({a.data(), Element::Int64, 2}, {a.data(), Element::Int64, 2}));
}
