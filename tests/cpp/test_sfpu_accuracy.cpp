// The vector unit's functions against double arithmetic: units in the last place of float for a 32-bit DST, and exactly
// nearest-even bf16, up to one step, for a 16-bit DST. The limits are those of docs/numerics.md (docs/hardware.md 2.7).
#include "closeness/ulp.h"
#include "tile/sfpu.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace tw;

namespace {

uint32_t bits_of(float f) {
    return std::bit_cast<uint32_t>(f);
}
float float_of(uint32_t u) {
    return std::bit_cast<float>(u);
}

uint32_t function_named(std::string_view name) {
    for (uint32_t i = 0; i < kSfpuCount; ++i) {
        if (kSfpuNames[i] == name) return i;
    }
    FAIL("no function " << std::string(name));
    return 0;
}

struct Sweep {
    const char* name;
    double (*reference)(double);
    float low, high;
    double max_ulps;  // in a 32-bit DST
    uint32_t p0 = 0;
};

// Values that a bf16 can hold, spread over [low, high] and dense near zero.
std::vector<float> samples(float low, float high) {
    std::vector<float> out;
    for (int i = 0; i < 700; ++i) out.push_back(low + (high - low) * static_cast<float>(i) / 699.0f);
    for (int i = 0; i < 162; ++i) {
        const float tiny = std::ldexp(1.0f + static_cast<float>(i % 7) / 8, -i / 5);
        for (const float v : {tiny, -tiny}) {
            if (v >= low && v <= high) out.push_back(v);
        }
    }
    out.resize(1024, (low + high) / 2);
    for (float& v : out) v = float_of(bits_of(v) & 0xffff0000u);
    return out;
}

double worst_ulps(const Sweep& s, bool fp32, double& worst_input) {
    const auto in = samples(s.low, s.high);
    std::vector<uint32_t> words(1024);
    for (int i = 0; i < 1024; ++i) words[i] = bits_of(in[i]);
    SfpuCall call{.out = words.data(), .a = words.data(), .p0 = s.p0, .dst_is_fp32 = fp32};
    kSfpuFunctions[function_named(s.name)](call);
    double worst = 0;
    for (int i = 0; i < 1024; ++i) {
        const double want = s.reference(in[i]);
        const double u =
            closeness::device_ulp_error(float_of(words[i]), want, fp32 ? closeness::kFloat32 : closeness::kBfloat16);
        if (u > worst) {
            worst = u;
            worst_input = in[i];
        }
    }
    return worst;
}

double gelu(double x) {
    return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
}
double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

const Sweep kSweeps[] = {
    {"exp", [](double x) { return std::exp(x); }, -87, 88, 1.5, 0x3f800000},
    {"exp2", [](double x) { return std::exp2(x); }, -125, 127, 1.5},
    {"expm1", [](double x) { return std::expm1(x); }, -20, 88, 2.5},
    {"log", [](double x) { return std::log(x); }, 1e-30f, 1e30f, 1.5},
    {"log1p", [](double x) { return std::log1p(x); }, -0.99f, 1000, 2.5},
    {"recip", [](double x) { return 1 / x; }, 0.01f, 1000, 1},
    {"sqrt", [](double x) { return std::sqrt(x); }, 0, 1e10f, 1},
    {"rsqrt", [](double x) { return 1 / std::sqrt(x); }, 1e-10f, 1e10f, 1.5},
    {"square", [](double x) { return x * x; }, -100, 100, 1},
    {"cbrt", [](double x) { return std::cbrt(x); }, -1000, 1000, 2},
    {"sigmoid", sigmoid, -80, 80, 2.5},
    {"silu", [](double x) { return x * sigmoid(x); }, -80, 80, 3},
    {"tanh", [](double x) { return std::tanh(x); }, -20, 20, 2.5},
    {"gelu", gelu, -12, 12, 8},
    {"erf", [](double x) { return std::erf(x); }, -5, 5, 2},
    {"erfc", [](double x) { return std::erfc(x); }, -5, 9, 8},
    {"sin", [](double x) { return std::sin(x); }, -100, 100, 64},
    {"cos", [](double x) { return std::cos(x); }, -100, 100, 64},
    {"tan", [](double x) { return std::tan(x); }, -1.5f, 1.5f, 4},
    {"asin", [](double x) { return std::asin(x); }, -1, 1, 3},
    {"acos", [](double x) { return std::acos(x); }, -1, 1, 3},
    {"atan", [](double x) { return std::atan(x); }, -100, 100, 3},
    {"sinh", [](double x) { return std::sinh(x); }, -88, 88, 4},
    {"cosh", [](double x) { return std::cosh(x); }, -88, 88, 4},
    {"asinh", [](double x) { return std::asinh(x); }, -1000, 1000, 4},
    {"acosh", [](double x) { return std::acosh(x); }, 1, 1000, 4},
    {"atanh", [](double x) { return std::atanh(x); }, -0.99f, 0.99f, 4},
    {"mish", [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }, -20, 50, 8},
    {"tanh_derivative", [](double x) { return 1 / (std::cosh(x) * std::cosh(x)); }, -10, 10, 4},
    {"i0", [](double x) { return std::cyl_bessel_i(0, std::abs(x)); }, -20, 20, 2},
    {"i1", [](double x) { return std::copysign(std::cyl_bessel_i(1, std::abs(x)), x); }, -20, 20, 2},
    {"lgamma", [](double x) { return std::lgamma(x); }, 0.1f, 50, 2},
    {"digamma", [](double x) { return (std::lgamma(x * (1 + 1e-6)) - std::lgamma(x * (1 - 1e-6))) / (2e-6 * x); }, 3, 50,
     300},
    {"hardsigmoid", [](double x) { return std::min(1.0, std::max(0.0, x / 6 + 0.5)); }, -2, 10, 2},
    {"softsign", [](double x) { return x / (1 + std::abs(x)); }, -100, 100, 2},
    {"floor", [](double x) { return std::floor(x); }, -100, 100, 0},
    {"ceil", [](double x) { return std::ceil(x); }, -100, 100, 0},
    {"trunc", [](double x) { return std::trunc(x); }, -100, 100, 0},
};

float apply(const char* name, float x, bool fp32, uint32_t p0 = 0, uint32_t p1 = 0) {
    std::vector<uint32_t> words(1024, bits_of(x));
    kSfpuFunctions[function_named(name)]({.out = words.data(), .a = words.data(), .p0 = p0, .p1 = p1, .dst_is_fp32 = fp32});
    return float_of(words[77]);
}

}  // namespace

TEST_CASE("vector functions keep their accuracy in a 32-bit DST") {
    for (const Sweep& s : kSweeps) {
        double at = 0;
        const double worst = worst_ulps(s, true, at);
        CHECK_MESSAGE(worst <= s.max_ulps, std::string(s.name), ": ", worst, " ulps at ", at);
    }
}

TEST_CASE("vector functions are within one bf16 step in a 16-bit DST") {
    for (const Sweep& s : kSweeps) {
        double at = 0;
        const double worst = worst_ulps(s, false, at);
        CHECK_MESSAGE(worst <= 1.0, std::string(s.name), ": ", worst, " bf16 ulps at ", at);
    }
}

TEST_CASE("vector functions know their limits") {
    const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(apply("exp", -1000, true, 0x3f800000) == 0);
    CHECK(apply("exp", 1000, true, 0x3f800000) == inf);
    CHECK(apply("exp", -inf, true, 0x3f800000) == 0);
    CHECK(std::isnan(apply("exp", nan, true, 0x3f800000)));
    CHECK(apply("log", 0, true) == -inf);
    CHECK(std::isnan(apply("log", -1, true)));
    CHECK(apply("log", inf, true) == inf);
    CHECK(apply("recip", 0, true) == inf);
    CHECK(apply("sigmoid", -inf, true) == 0);
    CHECK(apply("sigmoid", inf, true) == 1);
    CHECK(apply("tanh", inf, true) == 1);
    CHECK(apply("tanh", -inf, true) == -1);
    CHECK(apply("gelu", -100, true) == 0);
    CHECK(apply("gelu", 100, true) == 100);
    CHECK(apply("silu", -inf, true) == 0);
    CHECK(std::isnan(apply("sqrt", -1, true)));
    CHECK(apply("isnan", nan, true) == 1);
    CHECK(apply("isinf", -inf, true) == 1);
    CHECK(apply("isfinite", 3, true) == 1);
    CHECK(apply("sign", -3, true) == -1);
    CHECK(apply("heaviside", 0, true, bits_of(0.25f)) == 0.25f);
    CHECK(apply("power", -2, true, bits_of(3)) == -8);
    CHECK(std::isnan(apply("power", -2, true, bits_of(0.5f))));
    CHECK(apply("power", 3, true, bits_of(2)) == doctest::Approx(9).epsilon(1e-6));
    CHECK(apply("round", 2.5f, true, 0) == 2);
    CHECK(apply("relu", -3, false) == 0);
    CHECK(apply("clamp", 7, true, bits_of(-1), bits_of(2)) == 2);
    CHECK(apply("neg", 2, false) == -2);
}

TEST_CASE("a bf16 DST rounds results to nearest even and sums by truncation") {
    // 1 + 2^-8 is half way between two bf16 values; 1 + 3 * 2^-8 is half way above an odd one.
    std::vector<uint32_t> a(1024, bits_of(1.0f)), b(1024, bits_of(0.00390625f)), out(1024);
    SfpuCall call{.out = out.data(), .a = a.data(), .b = b.data(), .p0 = 1};
    kSfpuFunctions[function_named("add")](call);
    CHECK(out[5] == bits_of(1.0f));
    std::fill(b.begin(), b.end(), bits_of(0.01171875f));
    kSfpuFunctions[function_named("add")](call);
    CHECK(out[5] == bits_of(1.015625f));
    call.p0 = 0;
    kSfpuFunctions[function_named("add")](call);
    CHECK(out[5] == bits_of(1.0078125f));
}

TEST_CASE("a vector mode limits a function to its faces") {
    std::vector<uint32_t> words(1024, bits_of(-1.0f));
    kSfpuFunctions[function_named("abs")]({.out = words.data(), .a = words.data(), .faces = faces_of_vector_mode(2)});
    CHECK(words[0] == bits_of(1.0f));
    CHECK(words[256] == bits_of(-1.0f));
    CHECK(words[512] == bits_of(1.0f));
    CHECK(words[768] == bits_of(-1.0f));
}
