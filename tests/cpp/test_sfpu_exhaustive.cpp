// Every function of one float operand over all 65,536 bf16 inputs, infinities, NaNs and zeros of both signs included.
//
// Limits: one bf16 step in a 16-bit DST where silicon's document says so (docs/hardware.md 2.7), and what docs/numerics.md
// states for a 32-bit one. A range is given where silicon's own function has one.
#include "test_sfpu_sweep.h"

using namespace tw;
using namespace tw::sfpu_test;

namespace {

using Reference = double (*)(double);
constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Function {
    const char* name;
    const char* meaning;
    Reference reference;
    double max32;
    double max16 = 1;
    float low = -kInf, high = kInf;
    float p0 = 0, p1 = 0, p2 = 0;
    bool integer_parameter = false;
    bool takes_denormals = false;
};

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}
double softplus(double x) {
    return x > 30 ? x + std::exp(-x) : std::log1p(std::exp(x));
}
double normal_cdf(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double step(bool b) {
    return b ? 1 : 0;
}
// Infinities through products that would be NaN.
double product(double a, double b) {
    return std::isnan(a) ? a : a == 0 || b == 0 ? 0 : a * b;
}

double digamma(double x) {
    long double shift = 0, z = x;
    const long double pi = 3.14159265358979323846264338327950288L;
    if (std::isnan(x) || x == -std::numeric_limits<double>::infinity()) return kNan;
    if (x <= 0) {
        if (x == std::floor(x)) return kNan;
        const long double fraction = z - std::nearbyint(z);
        shift = -pi / std::tan(pi * fraction);
        z = 1 - z;
    }
    for (; z < 30; z += 1) shift -= 1 / z;
    const long double r = 1 / (z * z);
    return static_cast<double>(shift + std::log(z) - 0.5L / z - r * (1.0L / 12 - r * (1.0L / 120 - r / 252)));
}
double erfinv(double x) {
    if (!(std::abs(x) <= 1)) return kNan;
    if (std::abs(x) == 1) return x * std::numeric_limits<double>::infinity();
    if (std::abs(x) < 1e-5) return x * 0.88622692545275801 * (1 + 0.26179938779914944 * x * x);
    long double low = 0, high = 6;
    for (int i = 0; i < 80; ++i) {
        const long double middle = (low + high) / 2;
        (std::erf(middle) < std::abs(x) ? low : high) = middle;
    }
    return std::copysign(static_cast<double>(low), x);
}

// (-1)^(n+1) n! zeta(n + 1, x) for n = 2: twenty terms and the tail's integral with its corrections.
double tetragamma(double x) {
    long double sum = 0, z = x;
    for (int k = 0; k < 40; ++k, z += 1) sum += 1 / (z * z * z);
    sum += 1 / (2 * z * z) + 1 / (2 * z * z * z) + 1 / (4 * z * z * z * z);
    return static_cast<double>(-2 * sum);
}
double c_remainder(double a, double b) {
    return std::isinf(a) ? kNan : std::fmod(a, b);
}

const Function kFunctions[] = {
    {"exp", "exp(x)", [](double x) { return std::exp(x); }, 1.5, 1, -kInf, kInf, 1.0f},
    {"exp2", "2^x", [](double x) { return std::exp2(x); }, 1.5},
    {"expm1", "exp(x) - 1", [](double x) { return std::expm1(x); }, 2.5},
    {"log", "ln(x)", [](double x) { return x < 0 ? kNan : std::log(x); }, 1.5},
    {"log_with_base", "log2(x)", [](double x) { return x < 0 ? kNan : std::log2(x); }, 2.5, 1, -kInf, kInf, 1.44269504f},
    {"log1p", "ln(1 + x)", [](double x) { return x < -1 ? kNan : std::log1p(x); }, 2.5},
    {"recip", "1 / x", [](double x) { return 1 / x; }, 1},
    {"sqrt", "sqrt(x)", [](double x) { return std::sqrt(x); }, 1},
    {"rsqrt", "1 / sqrt(x)", [](double x) { return 1 / std::sqrt(x); }, 1.5},
    {"square", "x^2", [](double x) { return x * x; }, 1},
    {"cbrt", "cube root", [](double x) { return std::cbrt(x); }, 2},
    {"sigmoid", "1 / (1 + exp(-x))", sigmoid, 2.5},
    {"silu", "x sigmoid(x)", [](double x) { return x == -kInf ? 0 : x * sigmoid(x); }, 4},
    {"tanh", "tanh(x)", [](double x) { return std::tanh(x); }, 2.5},
    {"tanh_derivative", "1 - tanh(x)^2",
     [](double x) {
         const double c = 1 / std::cosh(x);
         return c * c;
     },
     4},
    {"tanhshrink", "x - tanh(x)", [](double x) { return std::abs(x) < 1e-3 ? x * x * x / 3 : x - std::tanh(x); }, 16},
    {"gelu", "x Phi(x)", [](double x) { return x == -kInf ? 0 : x * normal_cdf(x); }, 8, 1},
    {"gelu_tanh", "GELU by tanh",
     [](double x) {
         const double t = 0.7978845608028654 * (x + 0.044715 * x * x * x);
         return x == -kInf ? 0 : x * sigmoid(2 * t);
     },
     400, 1, -9},
    {"gelu_derivative", "Phi(x) + x phi(x)",
     [](double x) { return normal_cdf(x) + product(x, std::exp(-x * x / 2) * 0.3989422804014327); }, 300},
    {"hardsigmoid", "min(max(x / 6 + 1/2, 0), 1)",
     [](double x) { return std::isnan(x) ? x : std::min(1.0, std::max(0.0, x / 6 + 0.5)); }, 64},
    {"softsign", "x / (1 + |x|)", [](double x) { return x / (1 + std::abs(x)); }, 1.5},
    {"celu", "CELU, alpha 1.5", [](double x) { return x < 0 ? 1.5 * std::expm1(x / 1.5) : x; }, 4, 1, -kInf, kInf, 1.5f,
     1 / 1.5f},
    {"elu", "ELU, alpha 1.5", [](double x) { return x < 0 ? 1.5 * std::expm1(x) : x; }, 4, 1, -kInf, kInf, 1.5f},
    {"selu", "SELU", [](double x) { return 1.05070102f * (x < 0 ? double{1.67326319f} * std::expm1(x) : x); }, 4, 1, -kInf,
     kInf, 1.05070102f, 1.67326319f},
    {"softshrink", "soft shrink by 0.5", [](double x) { return x > 0.5    ? x - 0.5
                                                               : x < -0.5 ? x + 0.5
                                                               : x != x   ? x
                                                                          : 0; },
     1, 1, -kInf, kInf, 0.5f},
    {"hardshrink", "hard shrink by 0.5", [](double x) { return std::abs(x) > 0.5 ? x : 0; }, 0, 0, -kInf, kInf, 0.5f},
    {"leaky_relu", "leaky ReLU, 0.125", [](double x) { return x < 0 ? 0.125 * x : x; }, 0, 0, -kInf, kInf, 0.125f},
    {"relu_max", "min(max(x, 0), 3)", [](double x) { return std::min(std::max(x, 0.0), 3.0); }, 0, 0, -kInf, kInf, 3},
    {"relu_min", "max(x, 3)", [](double x) { return std::max(x, 3.0); }, 0, 0, -kInf, kInf, 3},
    {"clamp", "clamp to [-2, 3]", [](double x) { return std::min(std::max(x, -2.0), 3.0); }, 0, 0, -kInf, kInf, -2, 3},
    {"threshold", "x if x > 1, else 2", [](double x) { return x <= 1 ? 2 : x; }, 0, 0, -kInf, kInf, 1, 2},
    {"softplus", "softplus, beta 1, threshold 20", [](double x) { return x > 20 ? x : softplus(x); }, 4, 1, -kInf, kInf, 1,
     1, 20},
    {"logsigmoid", "ln sigmoid(x)", [](double x) { return -softplus(-x); }, 4},
    {"hardmish", "x min(max(x / 2 + 1, 0), 1)",
     [](double x) { return product(x, std::min(1.0, std::max(0.0, x / 2 + 1))); }, 2},
    {"mish", "x tanh(softplus(x))", [](double x) { return product(x, std::tanh(softplus(x))); }, 32},
    {"softcap", "20 tanh(x / 20)", [](double x) { return 20 * std::tanh(x / 20); }, 10, 1, -kInf, kInf, 20, 0.05f},
    {"heaviside", "step, 0.5 at 0", [](double x) { return x == 0 ? 0.5 : step(x > 0); }, 0, 0, -kInf, kInf, 0.5f},
    {"relu", "max(x, 0)", [](double x) { return std::max(x, 0.0); }, 0, 0},
    {"abs", "|x|", [](double x) { return std::abs(x); }, 0, 0},
    {"neg", "-x", [](double x) { return -x; }, 0, 0},
    {"sign", "-1, 0 or 1", [](double x) { return x == 0 ? 0.0 : std::copysign(1.0, x); }, 0, 0},
    {"signbit", "1 when the sign is set", [](double x) { return step(std::signbit(x)); }, 0, 0},
    {"erf", "erf(x)", [](double x) { return std::erf(x); }, 2.5},
    {"erfc", "erfc(x)", [](double x) { return std::erfc(x); }, 8},
    {"erfinv", "inverse of erf", erfinv, 2},
    {"i0", "Bessel I0",
     [](double x) { return std::isinf(x)       ? kInf
                           : std::abs(x) > 100 ? kInf
                                               : std::cyl_bessel_i(0, std::abs(x)); }, 2, 1,
     -80, 80},
    {"i1", "Bessel I1", [](double x) { return std::copysign(std::cyl_bessel_i(1, std::abs(x)), x); }, 2, 1, -80, 80},
    {"lgamma", "ln |Gamma(x)|", [](double x) { return x == -kInf ? kInf : std::lgamma(x); }, 2},
    {"digamma", "psi(x)", digamma, 2},
    {"sin", "sin(x)", [](double x) { return std::sin(x); }, 64, 1, -256, 256},
    {"cos", "cos(x)", [](double x) { return std::cos(x); }, 64, 1, -256, 256},
    {"tan", "tan(x)", [](double x) { return std::tan(x); }, 64, 1, -256, 256},
    {"asin", "asin(x)", [](double x) { return std::asin(x); }, 3},
    {"acos", "acos(x)", [](double x) { return std::acos(x); }, 3},
    {"atan", "atan(x)", [](double x) { return std::atan(x); }, 3},
    {"sinh", "sinh(x)", [](double x) { return std::sinh(x); }, 4},
    {"cosh", "cosh(x)", [](double x) { return std::cosh(x); }, 4},
    {"asinh", "asinh(x)", [](double x) { return std::asinh(x); }, 4},
    {"acosh", "acosh(x)", [](double x) { return std::acosh(x); }, 4},
    {"atanh", "atanh(x)", [](double x) { return std::atanh(x); }, 4},
    {"floor", "floor(x)", [](double x) { return std::floor(x); }, 0, 0, -kInf, kInf, 0, 0, 0, false, true},
    {"ceil", "ceil(x)", [](double x) { return std::ceil(x); }, 0, 0, -kInf, kInf, 0, 0, 0, false, true},
    {"trunc", "trunc(x)", [](double x) { return std::trunc(x); }, 0, 0},
    {"frac", "x - trunc(x)", [](double x) { return std::isinf(x) ? 0.0 : x - std::trunc(x); }, 0, 0, -3e38f, 3e38f},
    {"round", "nearest integer, ties to even", [](double x) { return std::nearbyint(x); }, 0, 0, -kInf, kInf, 0, 0, 0,
     true},
    {"eqz", "x == 0", [](double x) { return step(x == 0); }, 0, 0},
    {"nez", "x != 0", [](double x) { return step(x != 0); }, 0, 0},
    {"ltz", "x < 0", [](double x) { return step(x < 0); }, 0, 0},
    {"gtz", "x > 0", [](double x) { return step(x > 0); }, 0, 0},
    {"lez", "x <= 0", [](double x) { return step(x <= 0); }, 0, 0},
    {"gez", "x >= 0", [](double x) { return step(x >= 0); }, 0, 0},
    {"eq_scalar", "x == 1", [](double x) { return step(x == 1); }, 0, 0, -kInf, kInf, 1},
    {"ne_scalar", "x != 1", [](double x) { return step(x != 1); }, 0, 0, -kInf, kInf, 1},
    {"lt_scalar", "x < 1", [](double x) { return step(x < 1); }, 0, 0, -kInf, kInf, 1},
    {"gt_scalar", "x > 1", [](double x) { return step(x > 1); }, 0, 0, -kInf, kInf, 1},
    {"le_scalar", "x <= 1", [](double x) { return step(x <= 1); }, 0, 0, -kInf, kInf, 1},
    {"ge_scalar", "x >= 1", [](double x) { return step(x >= 1); }, 0, 0, -kInf, kInf, 1},
    {"isinf", "infinite", [](double x) { return step(std::isinf(x)); }, 0, 0},
    {"isposinf", "+infinity", [](double x) { return step(x == kInf); }, 0, 0},
    {"isneginf", "-infinity", [](double x) { return step(x == -kInf); }, 0, 0},
    {"isnan", "NaN", [](double x) { return step(std::isnan(x)); }, 0, 0},
    {"isfinite", "finite", [](double x) { return step(std::isfinite(x)); }, 0, 0},
    {"logical_not", "x == 0", [](double x) { return step(x == 0); }, 0, 0},
    {"add_scalar", "x + 1.5", [](double x) { return x + 1.5; }, 0.5, 0.6, -kInf, kInf, 1.5f},
    {"sub_scalar", "x - 1.5", [](double x) { return x - 1.5; }, 0.5, 0.6, -kInf, kInf, 1.5f},
    {"rsub_scalar", "1.5 - x", [](double x) { return 1.5 - x; }, 0.5, 0.6, -kInf, kInf, 1.5f},
    {"mul_scalar", "1.3 x", [](double x) { return x * 1.3f; }, 0.5, 0.6, -kInf, kInf, 1.3f},
    {"rdiv", "1.3 / x", [](double x) { return 1.3f / x; }, 0.5, 0.6, -kInf, kInf, 1.3f},
    {"max_scalar", "max(x, 1)", [](double x) { return std::max(x, 1.0); }, 0, 0, -kInf, kInf, 1},
    {"min_scalar", "min(x, 1)", [](double x) { return std::min(x, 1.0); }, 0, 0, -kInf, kInf, 1},
    {"power", "x^2.5", [](double x) { return x < 0 ? kNan : std::pow(x, 2.5); }, 16, 1, -kInf, kInf, 2.5f},
    {"power_iterative", "x^3 by products", [](double x) { return x * x * x; }, 1.5, 1, -kInf, kInf, 3, 0, 0, true},
    {"xielu", "xIELU, alphas 0.75 and 0.25",
     [](double x) { return x > 0 ? 0.75 * x * x + 0.5 * x : 0.25 * (std::expm1(std::min(x, -1e-6)) - x) + 0.5 * x; }, 4, 1,
     -kInf, kInf, 0.75f, 0.25f, 0, false, true},
    {"fmod_scalar", "remainder by 2.75 with x's sign", [](double x) { return c_remainder(x, 2.75); }, 0, 0},
    {"remainder_scalar", "remainder by 2.75 with its sign",
     [](double x) {
         const double r = c_remainder(x, 2.75);
         return r < 0 ? r + 2.75 : r;
     },
     0.5, 0.501},
    {"polygamma", "psi''(x)", tetragamma, 1, 1, 0.01f, 1e6f, 2, -2},
    {"lgamma_reflected", "ln Gamma of x, below 1/2 of 1 - x",
     [](double x) { return std::isinf(x) ? kInf : std::lgamma(x < 0.5 ? 1 - x : x); }, 1},
    {"identity", "x", [](double x) { return x; }, 0, 0, -kInf, kInf, 0, 0, 0, false, true},
    {"fill", "1.25", [](double) { return 1.25; }, 0, 0, -kInf, kInf, 1.25f},
    {"to_bf16", "x", [](double x) { return x; }, 0, 0},
    {"stochastic_round", "x, rounded to bf16 at random", [](double x) { return x; }, 0, 0},
    {"dropout", "1.5 x with probability 0 to drop", [](double x) { return 1.5 * x; }, 0.5, 1, -kInf, kInf, 0, 1.5f, 0, true},
    {"rpow", "2.5^x", [](double x) { return std::pow(2.5, x); }, 32, 1, -kInf, kInf, 2.5f},
};

// A relu or clamp of a NaN is a number, which one differs between releases of silicon's kernels: not claimed.
bool selects(std::string_view name) {
    for (const char* s : {"relu_max", "relu_min", "clamp", "relu", "max_scalar", "min_scalar", "hardshrink", "sign",
                          "heaviside", "threshold", "leaky_relu", "softshrink", "hardsigmoid"}) {
        if (name == s) return true;
    }
    return false;
}

Worst sweep(const Function& f) {
    std::vector<uint32_t> in = all_bf16(f.low, f.high);
    Worst worst;
    worst.inputs = in.size();
    const SfpuFunction run = function_named(f.name);
    const uint32_t constants[2] = {bits_of(2.75f), 0};
    uint32_t random = 1;
    const uint32_t p0 = f.integer_parameter ? static_cast<uint32_t>(f.p0) : bits_of(f.p0);
    while (in.size() % 1024) in.push_back(in.back());
    for (size_t first = 0; first < in.size(); first += 1024) {
        for (const bool fp32 : {false, true}) {
            alignas(64) uint32_t words[1024];
            std::copy_n(&in[first], 1024, words);
            run({.out = words,
                 .a = words,
                 .p0 = p0,
                 .p1 = bits_of(f.p1),
                 .p2 = bits_of(f.p2),
                 .dst_is_fp32 = fp32,
                 .random = &random,
                 .constants = constants});
            for (int i = 0; i < 1024; ++i) {
                const float x = float_of(in[first + i]);
                if (std::isnan(x) && selects(f.name)) continue;
                const double want = f.reference(f.takes_denormals ? x : flushed(x));
                const double u = closeness::device_ulp_error(float_of(words[i]), want, format_of(fp32));
                double& most = fp32 ? worst.ulp32 : worst.ulp16;
                if (u > most) {
                    most = u;
                    (fp32 ? worst.at32 : worst.at16) = x;
                }
            }
        }
    }
    return worst;
}

}  // namespace

TEST_CASE("every bf16 input of every function of one operand is within its limit") {
    for (const Function& f : kFunctions) {
        const Worst worst = sweep(f);
        CHECK_MESSAGE(worst.ulp16 <= f.max16, std::string(f.name), ": ", worst.ulp16, " bf16 ulps at ", worst.at16);
        CHECK_MESSAGE(worst.ulp32 <= f.max32, std::string(f.name), ": ", worst.ulp32, " float ulps at ", worst.at32);
        const std::string range =
            std::isinf(f.low) && std::isinf(f.high) ? "all bf16" : fmt::format("bf16 in [{}, {}]", f.low, f.high);
        report(f.name, range, f.meaning, worst);
    }
}
