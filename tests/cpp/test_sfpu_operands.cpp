// Functions of two and three operands: pairs of special values crossed, random bit patterns of bf16, and numbers of
// ordinary size, against double arithmetic. Integer functions exactly, against 64-bit arithmetic.
#include "test_sfpu_sweep.h"

#include <random>
#include <utility>

using namespace tw;
using namespace tw::sfpu_test;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

struct Operands {
    std::vector<uint32_t> a, b, c;
};

uint32_t bf16(float v) {
    return bits_of(v) & 0xffff0000u;
}

const Operands& operands() {
    static const Operands made = [] {
        Operands o;
        std::vector<uint32_t> special;
        for (const float v : {0.0f, 1.0f, 0.5f, 2.0f, 3.0f, 1.25f, 100.0f, 1e-30f, 1e30f, 1.17549435e-38f, 3.3895e38f,
                              float(kInf), float(kNan)}) {
            special.push_back(bf16(v));
            special.push_back(bf16(v) | 0x80000000u);
        }
        // Two denormals compare as two zeros.
        special.insert(special.end(), {0x00010000u, 0x00020000u, 0x807f0000u});
        std::mt19937 generator(1);
        const auto random = [&] { return static_cast<uint32_t>(generator()); };
        const auto add = [&](uint32_t a, uint32_t b, uint32_t c) {
            o.a.push_back(a);
            o.b.push_back(b);
            o.c.push_back(c);
        };
        for (const uint32_t a : special) {
            for (const uint32_t b : special) add(a, b, special[random() % special.size()]);
        }
        std::uniform_real_distribution<float> ordinary(-10, 10);
        for (int i = 0; i < 60000; ++i) add(random() & 0xffff0000u, random() & 0xffff0000u, random() & 0xffff0000u);
        for (int i = 0; i < 60000; ++i)
            add(bf16(ordinary(generator)), bf16(ordinary(generator)), bf16(ordinary(generator)));
        while (o.a.size() % 1024) add(0x3f800000u, 0x3f800000u, 0x3f800000u);
        return o;
    }();
    return made;
}

struct Function {
    const char* name;
    const char* meaning;
    double (*reference)(double, double, double);
    double max32, max16 = 1;
    bool ordinary_only = false;  // infinities, NaNs and results at the ends of the range are not claimed
    uint32_t p0 = 0;
    bool three = false;
    double (*terms)(double, double, double) = nullptr;  // errors are relative to these where they cancel
    uint32_t p1 = 0;
    double largest_operand = 1e30;  // of an ordinary one
};

double largest(double a, double b) {
    return std::max(std::abs(a), std::abs(b));
}
double step(bool b) {
    return b ? 1 : 0;
}
constexpr uint32_t kAll = 0xffffffffu;
double log_add(double a, double b, double base) {
    return std::max(a, b) + std::log1p(std::pow(base, -std::abs(a - b))) / std::log(base);
}

const Function kFunctions[] = {
    {"add", "a + b, truncated", [](double a, double b, double) { return a + b; }, 0.5, 1},
    {"sub", "a - b, truncated", [](double a, double b, double) { return a - b; }, 0.5, 1},
    {"rsub", "b - a, truncated", [](double a, double b, double) { return b - a; }, 0.5, 1},
    {"mul", "a b (0 times an infinity is 0 in a 16-bit DST)", [](double a, double b, double) { return a * b; }, 0.5, 0.501,
     true},
    {"div", "a / b", [](double a, double b, double) { return a / b; }, 0.5, 0.501},
    {"power_binary", "a^b", [](double a, double b, double) { return a < 0 && b != std::floor(b) ? kNan : std::pow(a, b); },
     32, 1, true},
    {"xlogy", "a ln(b)", [](double a, double b, double) { return a == 0 && b == b ? 0
                                                                 : b < 0          ? kNan
                                                                                  : a * std::log(b); },
     3},
    {"max", "max(a, b)", [](double a, double b, double) { return std::max(a, b); }, 0, 0, true},
    {"min", "min(a, b)", [](double a, double b, double) { return std::min(a, b); }, 0, 0, true},
    {"logaddexp", "ln(e^a + e^b)", [](double a, double b, double) { return log_add(a, b, 2.718281828459045); }, 4, 1, true,
     0, false, [](double a, double b, double) { return largest(largest(a, b), 1); }},
    {"logaddexp2", "log2(2^a + 2^b)", [](double a, double b, double) { return log_add(a, b, 2); }, 4, 1, true, 0, false,
     [](double a, double b, double) { return largest(largest(a, b), 1); }},
    {"atan2", "atan2(a, b)", [](double a, double b, double) { return std::atan2(a, b); }, 4},
    {"fmod", "remainder with a's sign", [](double a, double b, double) { return std::fmod(a, b); }, 0, 0, true},
    {"remainder", "remainder with b's sign",
     [](double a, double b, double) {
         const double r = std::fmod(a, b);
         return r != 0 && (r < 0) != (b < 0) ? r + b : r;
     },
     0.5, 0.501, true},
    {"clamped_silu_glu", "SiLU(min(a, 10)) clamp(b, -10, 10)",
     [](double a, double b, double) {
         const double g = std::min(a, 10.0);
         return g / (1 + std::exp(-g)) * std::min(10.0, std::max(-10.0, b));
     },
     6, 1, true},
    {"situ_glu", "4 tanh(a / 4) sigmoid(a) 25 tanh(b / 25)",
     [](double a, double b, double) { return 4 * std::tanh(a / 4) / (1 + std::exp(-a)) * 25 * std::tanh(b / 25); }, 12, 1,
     true},
    {"nextafter", "the next bf16 after a toward b",
     [](double a, double b, double) {
         if (a == b) return b;
         if (a == 0) return std::copysign(1.1754943508222875e-38, b);
         const uint32_t bits = bits_of(static_cast<float>(a));
         return double{float_of((a < b) == (a > 0) ? bits + 0x10000u : bits - 0x10000u)};
     },
     0, 0, true, 0x10000u},
    {"eq", "a == b", [](double a, double b, double) { return step(a == b); }, 0, 0},
    {"ne", "a != b", [](double a, double b, double) { return step(a != b); }, 0, 0},
    {"lt", "a < b", [](double a, double b, double) { return step(a < b); }, 0, 0},
    {"gt", "a > b", [](double a, double b, double) { return step(a > b); }, 0, 0},
    {"le", "a <= b", [](double a, double b, double) { return step(a <= b); }, 0, 0},
    {"ge", "a >= b", [](double a, double b, double) { return step(a >= b); }, 0, 0},
    {"lerp", "a + c (b - a)", [](double a, double b, double c) { return a + c * (b - a); }, 2, 1, true, 0, true,
     [](double a, double b, double c) { return largest(a, c * (b - a)); }},
    {"addcmul", "a + 1.5 b c", [](double a, double b, double c) { return a + 1.5 * b * c; }, 2, 1, true, 0x3fc00000u, true,
     [](double a, double b, double c) { return largest(a, 1.5 * b * c); }},
    {"addcdiv", "a + 1.5 b / c", [](double a, double b, double c) { return a + 1.5 * b / c; }, 2, 1, true, 0x3fc00000u,
     true, [](double a, double b, double c) { return largest(a, 1.5 * b / c); }},
    {"snake_beta", "a + sin(b a)^2 / c", [](double a, double b, double c) { return a + std::pow(std::sin(b * a), 2) / c; },
     64, 1, true, 0, true, [](double a, double, double c) { return largest(a, 1 / c); }, 0, 11},
    {"where", "b where a is not 0, else c", [](double a, double b, double c) { return a != 0 ? b : c; }, 0, 0, true,
     0x7fffffffu, true},
    {"mask", "a where b is not 0, else 0", [](double a, double b, double) { return b != 0 ? a : 0; }, 0, 0, true},
    {"isclose", "abs(a - b) <= 0.25 + 0.125 abs(b)",
     [](double a, double b, double) { return step(a == b || std::abs(a - b) <= 0.25 + 0.125 * std::abs(b)); }, 0, 0, false,
     0x3e000000u, false, nullptr, 0x3e800000u},
    {"isclose_nan", "the same, NaNs are close",
     [](double a, double b, double) {
         return step((a != a && b != b) || a == b || std::abs(a - b) <= 0.25 + 0.125 * std::abs(b));
     },
     0, 0, false, 0x3e000000u, false, nullptr, 0x3e800000u},
    {"lgamma_adjusted", "a, where c < 1/2 ln(pi) - b - a",
     [](double a, double b, double c) { return c < 0.5 ? 1.1447298858494002 - b - a : a; }, 2, 1, true, 0, true,
     [](double a, double b, double) { return largest(largest(a, b), 1); }},
    {"mac", "a b + c", [](double a, double b, double c) { return a * b + c; }, 0.5, 0.501, true, 0, true},
};

bool is_ordinary(double v, double most = 1e30) {
    return std::abs(v) < most && (v == 0 || std::abs(v) > 1e-30);
}

bool is_denormal(uint32_t word) {
    return std::fpclassify(float_of(word)) == FP_SUBNORMAL;
}

Worst sweep(const Function& f) {
    const Operands& o = operands();
    Worst worst;
    const SfpuFunction run = function_named(f.name);
    for (size_t first = 0; first < o.a.size(); first += 1024) {
        for (const bool fp32 : {false, true}) {
            alignas(64) uint32_t out[1024];
            run({.out = out,
                 .a = &o.a[first],
                 .b = &o.b[first],
                 .c = f.three ? &o.c[first] : nullptr,
                 .p0 = f.p0,
                 .p1 = f.p1,
                 .dst_is_fp32 = fp32});
            for (size_t i = 0; i < 1024; ++i) {
                const double a = flushed(float_of(o.a[first + i])), b = flushed(float_of(o.b[first + i])),
                             c = flushed(float_of(o.c[first + i]));
                const double want = f.reference(a, b, c);
                if (f.ordinary_only && (is_denormal(o.a[first + i]) || is_denormal(o.b[first + i]))) continue;
                if (f.ordinary_only && !(is_ordinary(a, f.largest_operand) && is_ordinary(b, f.largest_operand) &&
                                         (!f.three || is_ordinary(c, f.largest_operand)) && is_ordinary(want)))
                    continue;
                double u = closeness::device_ulp_error(float_of(out[i]), want, format_of(fp32));
                if (f.terms && want != 0) u *= std::min(1.0, std::abs(want) / f.terms(a, b, c));
                if (f.terms && want == 0)
                    u = std::abs(float_of(out[i])) / f.terms(a, b, c) * std::ldexp(1.0, format_of(fp32).digits);
                double& most = fp32 ? worst.ulp32 : worst.ulp16;
                worst.inputs += fp32;
                if (u > most) {
                    most = u;
                    (fp32 ? worst.at32 : worst.at16) = float_of(o.a[first + i]);
                }
            }
        }
    }
    return worst;
}

// ---------------------------------------------------------------- integers
struct IntegerFunction {
    const char* name;
    const char* meaning;
    uint32_t (*reference)(uint32_t, uint32_t);
    uint32_t p0 = 0, p1 = 0;
};
int64_t s(uint32_t v) {
    return static_cast<int32_t>(v);
}
uint32_t u(int64_t v) {
    return static_cast<uint32_t>(v);
}
int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}
int64_t common_divisor(uint32_t a, uint32_t b) {
    int64_t x = std::abs(s(a)), y = std::abs(s(b));
    while (y != 0) x = std::exchange(y, x % y);
    return x;
}

const IntegerFunction kIntegers[] = {
    {"add_int", "a + b, int32", [](uint32_t a, uint32_t b) { return a + b; }, kAll},
    {"add_int", "a + b, uint16", [](uint32_t a, uint32_t b) { return (a + b) & 0xffffu; }, 0xffffu},
    {"sub_int", "a - b", [](uint32_t a, uint32_t b) { return a - b; }, kAll},
    {"rsub_int", "b - a", [](uint32_t a, uint32_t b) { return b - a; }, kAll},
    {"mul_int", "a b, low 32 bits", [](uint32_t a, uint32_t b) { return a * b; }, kAll},
    {"mul_int", "a b, uint16", [](uint32_t a, uint32_t b) { return a * b & 0xffffu; }, 0xffffu},
    {"add_int_scalar", "a + 77", [](uint32_t a, uint32_t) { return a + 77; }, 77},
    {"sub_int_scalar", "a - 77", [](uint32_t a, uint32_t) { return a - 77; }, 77},
    {"rsub_int_scalar", "77 - a", [](uint32_t a, uint32_t) { return 77 - a; }, 77},
    {"abs_int", "|a|", [](uint32_t a, uint32_t) { return s(a) < 0 ? 0 - a : a; }},
    {"neg_int", "-a", [](uint32_t a, uint32_t) { return 0 - a; }},
    {"signbit_int", "a < 0", [](uint32_t a, uint32_t) { return a >> 31; }},
    {"logical_not_int", "a == 0", [](uint32_t a, uint32_t) { return uint32_t{a == 0}; }},
    {"relu_int", "max(a, 0)", [](uint32_t a, uint32_t) { return s(a) < 0 ? 0 : a; }},
    {"clamp_int", "clamp to [-5, 1000]",
     [](uint32_t a, uint32_t) { return u(std::min<int64_t>(std::max<int64_t>(s(a), -5), 1000)); }, u(-5), 1000},
    {"max_int_scalar", "max(a, -3)", [](uint32_t a, uint32_t) { return u(std::max<int64_t>(s(a), -3)); }, u(-3)},
    {"min_int_scalar", "min(a, -3)", [](uint32_t a, uint32_t) { return u(std::min<int64_t>(s(a), -3)); }, u(-3)},
    {"max_uint_scalar", "max(a, 2^31)", [](uint32_t a, uint32_t) { return std::max(a, 0x80000000u); }, 0x80000000u},
    {"min_uint_scalar", "min(a, 2^31)", [](uint32_t a, uint32_t) { return std::min(a, 0x80000000u); }, 0x80000000u},
    {"max_int", "max, int32", [](uint32_t a, uint32_t b) { return u(std::max(s(a), s(b))); }},
    {"min_int", "min, int32", [](uint32_t a, uint32_t b) { return u(std::min(s(a), s(b))); }},
    {"max_uint", "max, uint32", [](uint32_t a, uint32_t b) { return std::max(a, b); }},
    {"min_uint", "min, uint32", [](uint32_t a, uint32_t b) { return std::min(a, b); }},
    {"and_scalar", "a & 0xf0f0", [](uint32_t a, uint32_t) { return a & 0xf0f0u; }, 0xf0f0u},
    {"or_scalar", "a | 0xf0f0", [](uint32_t a, uint32_t) { return a | 0xf0f0u; }, 0xf0f0u},
    {"xor_scalar", "a ^ 0xf0f0", [](uint32_t a, uint32_t) { return a ^ 0xf0f0u; }, 0xf0f0u},
    {"bitwise_not", "~a", [](uint32_t a, uint32_t) { return ~a; }},
    {"bitwise_and", "a & b", [](uint32_t a, uint32_t b) { return a & b; }},
    {"bitwise_or", "a | b", [](uint32_t a, uint32_t b) { return a | b; }},
    {"bitwise_xor", "a ^ b", [](uint32_t a, uint32_t b) { return a ^ b; }},
    {"left_shift_scalar", "a << 7", [](uint32_t a, uint32_t) { return a << 7; }, 7},
    {"right_shift_scalar", "a >> 7, arithmetic", [](uint32_t a, uint32_t) { return u(s(a) >> 7); }, 7},
    {"logical_right_shift_scalar", "a >> 7, logical", [](uint32_t a, uint32_t) { return a >> 7; }, 7},
    {"left_shift", "a << b, 0 from 32 on", [](uint32_t a, uint32_t b) { return b < 32 ? a << b : 0; }, kAll},
    {"right_shift", "a >> b, arithmetic", [](uint32_t a, uint32_t b) { return u(s(a) >> std::min(b, 31u)); }},
    {"logical_right_shift", "a >> b, logical", [](uint32_t a, uint32_t b) { return b < 32 ? a >> b : 0; }},
    {"div_int_trunc", "a / b toward zero", [](uint32_t a, uint32_t b) { return b ? u(s(a) / s(b)) : kAll; }},
    {"div_int_floor", "a / b down", [](uint32_t a, uint32_t b) { return b ? u(floor_divide(s(a), s(b))) : kAll; }},
    {"fmod_int", "remainder with a's sign", [](uint32_t a, uint32_t b) { return b ? u(s(a) % s(b)) : a; }},
    {"remainder_int", "remainder with b's sign",
     [](uint32_t a, uint32_t b) { return b ? u(s(a) - floor_divide(s(a), s(b)) * s(b)) : a; }},
    {"remainder_uint", "remainder, uint32", [](uint32_t a, uint32_t b) { return b ? a % b : a; }},
    {"remainder_uint_scalar", "a mod 77", [](uint32_t a, uint32_t) { return a % 77; }, 77},
    {"gcd", "greatest common divisor", [](uint32_t a, uint32_t b) { return u(common_divisor(a, b)); }},
    {"lcm", "least common multiple, low 32 bits",
     [](uint32_t a, uint32_t b) {
         const int64_t g = common_divisor(a, b);
         const int64_t r = g == 0 ? 0 : s(u(std::abs(s(a)) / g * std::abs(s(b))));
         return u(std::abs(r));
     }},
    {"div_int", "a / b as a float",
     [](uint32_t a, uint32_t b) {
         const float q = static_cast<float>(s(a)) / static_cast<float>(s(b));
         return bits_of(q);
     }},
    {"fill_bits", "5", [](uint32_t, uint32_t) { return 5u; }, 5},
    {"eq_int", "a == b", [](uint32_t a, uint32_t b) { return uint32_t{a == b}; }},
    {"ne_int", "a != b", [](uint32_t a, uint32_t b) { return uint32_t{a != b}; }},
    {"lt_int", "a < b, int32", [](uint32_t a, uint32_t b) { return uint32_t{s(a) < s(b)}; }},
    {"gt_int", "a > b, int32", [](uint32_t a, uint32_t b) { return uint32_t{s(a) > s(b)}; }},
    {"le_int", "a <= b, uint32", [](uint32_t a, uint32_t b) { return uint32_t{a <= b}; }, 0x80000000u},
    {"ge_int", "a >= b, uint32", [](uint32_t a, uint32_t b) { return uint32_t{a >= b}; }, 0x80000000u},
    {"eq_int_scalar", "a == 5", [](uint32_t a, uint32_t) { return uint32_t{a == 5}; }, 5},
    {"ne_int_scalar", "a != 5", [](uint32_t a, uint32_t) { return uint32_t{a != 5}; }, 5},
    {"lt_int_scalar", "a < 5", [](uint32_t a, uint32_t) { return uint32_t{s(a) < 5}; }, 5},
    {"gt_int_scalar", "a > 5", [](uint32_t a, uint32_t) { return uint32_t{s(a) > 5}; }, 5},
    {"le_int_scalar", "a <= 5", [](uint32_t a, uint32_t) { return uint32_t{s(a) <= 5}; }, 5},
    {"ge_int_scalar", "a >= 5", [](uint32_t a, uint32_t) { return uint32_t{s(a) >= 5}; }, 5},
};

// Conversions: one operand, bits in and bits out.
uint32_t saturated(double v, double low, double high) {
    return u(static_cast<int64_t>(std::min(std::max(v, low), high)));
}
// The nearer of the two bf16 around a finite float; of two equally near ones that of larger magnitude.
uint32_t half_away_bf16(float x) {
    const uint32_t down = bits_of(x) & 0xffff0000u, up = down + 0x10000u;
    const double below = std::abs(double{x} - float_of(down)), above = std::abs(float_of(up) - double{x});
    return below < above ? down : up;
}
const IntegerFunction kConversions[] = {
    {"float_to_int32", "float to int32, toward zero",
     [](uint32_t a, uint32_t) {
         const float x = float_of(a);
         return std::isnan(x) ? 0 : saturated(x, -2147483648.0, 2147483647.0);
     }},
    {"float_to_uint32", "float to uint32, toward zero",
     [](uint32_t a, uint32_t) {
         const float x = float_of(a);
         return std::isnan(x) ? 0 : saturated(x, 0, 4294967295.0);
     }},
    {"float_to_uint16", "float to uint16, half away",
     [](uint32_t a, uint32_t) {
         const float x = float_of(a);
         return std::isnan(x) ? 0 : saturated(std::floor(std::max(x, 0.0f) + 0.5), 0, 65535);
     }},
    {"float_to_uint8", "float to uint8, toward zero, modulo 256",
     [](uint32_t a, uint32_t) {
         const double x = float_of(a);
         return std::isfinite(x) ? u(static_cast<int64_t>(std::fmod(std::trunc(x), 256.0))) & 255u : 0u;
     }},
    {"int32_to_float", "int32 to float, nearest even",
     [](uint32_t a, uint32_t) { return bits_of(static_cast<float>(s(a))); }},
    {"uint32_to_float", "uint32 to float, nearest even",
     [](uint32_t a, uint32_t) { return bits_of(static_cast<float>(a)); }},
    {"int32_to_uint16", "int32 to uint16, clamped",
     [](uint32_t a, uint32_t) { return u(std::min<int64_t>(std::max<int64_t>(s(a), 0), 65535)); }},
    {"uint32_to_uint16", "uint32 to uint16, clamped", [](uint32_t a, uint32_t) { return std::min(a, 65535u); }},
    {"int_to_uint8", "integer to uint8, low 8 bits", [](uint32_t a, uint32_t) { return a & 255u; }},
    {"int32_to_bf16", "int32 to bf16 by way of float, half away",
     [](uint32_t a, uint32_t) { return half_away_bf16(static_cast<float>(s(a))); }},
    {"uint32_to_bf16", "uint32 to bf16 by way of float, half away",
     [](uint32_t a, uint32_t) { return half_away_bf16(static_cast<float>(a)); }},
    {"int8_to_int32", "int8 to int32", [](uint32_t a, uint32_t) { return u(static_cast<int8_t>(a)); }},
    {"int8_to_uint16", "int8 to uint16, clamped",
     [](uint32_t a, uint32_t) { return u(std::max<int8_t>(static_cast<int8_t>(a), 0)); }},
    {"int8_to_float", "int8 to float",
     [](uint32_t a, uint32_t) { return bits_of(static_cast<float>(static_cast<int8_t>(a))); }},
};

void check_exact(const IntegerFunction& f, const std::vector<uint32_t>& a, const std::vector<uint32_t>& b,
                 std::string_view operands) {
    const SfpuFunction run = function_named(f.name);
    size_t wrong = 0;
    uint32_t at = 0;
    for (size_t first = 0; first < a.size(); first += 1024) {
        alignas(64) uint32_t out[1024];
        run({.out = out, .a = &a[first], .b = &b[first], .p0 = f.p0, .p1 = f.p1, .dst_is_fp32 = true});
        for (size_t i = 0; i < 1024; ++i) {
            const uint32_t want = f.reference(a[first + i], b[first + i]);
            if (out[i] == want || (std::isnan(float_of(out[i])) && std::isnan(float_of(want)))) continue;
            if (!wrong++) at = a[first + i];
        }
    }
    CHECK_MESSAGE(wrong == 0, std::string(f.name), ": ", wrong, " wrong, first for ", at);
    report(f.name, operands, f.meaning, {.inputs = a.size()});
}

std::vector<uint32_t> integers(uint32_t seed) {
    std::mt19937 generator(seed);
    std::vector<uint32_t> out;
    for (int i = 0; i < 65536; ++i) {
        const uint32_t v = static_cast<uint32_t>(generator());
        const int kind = i % 4;
        out.push_back(kind == 0   ? v
                      : kind == 1 ? v % 200 - 100
                      : kind == 2 ? v >> (v % 31)
                                  : std::vector<uint32_t>{0, 1, kAll, 0x80000000u, 0x7fffffffu, 31, 32, 65535}[v % 8]);
    }
    return out;
}

}  // namespace

TEST_CASE("functions of two and three operands are within their limits") {
    for (const Function& f : kFunctions) {
        const Worst worst = sweep(f);
        CHECK_MESSAGE(worst.ulp16 <= f.max16, std::string(f.name), ": ", worst.ulp16, " bf16 ulps at a = ", worst.at16);
        CHECK_MESSAGE(worst.ulp32 <= f.max32, std::string(f.name), ": ", worst.ulp32, " float ulps at a = ", worst.at32);
        report(f.name, f.ordinary_only ? "bf16 of magnitude 1e-30 to 1e30" : "bf16 with special values", f.meaning, worst);
    }
}

TEST_CASE("integer functions are exact") {
    const std::vector<uint32_t> a = integers(1), b = integers(2);
    for (const IntegerFunction& f : kIntegers) check_exact(f, a, b, "32-bit integers");
}

TEST_CASE("conversions are exact") {
    std::vector<uint32_t> a = all_bf16(-float(kInf), float(kInf));
    for (uint32_t& v : a) {
        if (std::isnan(float_of(v)) || std::abs(float_of(v)) < 1e-37f) v = 0;
    }
    // Floats of full precision around ties and limits.
    for (const double middle :
         {0.5, 1.0, 1.5, 2.5, 127.5, 255.5, 256.0, 65534.5, 65535.5, 8388607.5, 2147483648.0, 4294967296.0}) {
        for (const float sign : {1.0f, -1.0f}) {
            const float x = sign * static_cast<float>(middle);
            for (const float v : {std::nextafter(x, 0.0f), x, std::nextafter(x, 2 * x)}) a.push_back(bits_of(v));
        }
    }
    a.resize((a.size() + 1023) / 1024 * 1024);
    const std::vector<uint32_t> words = integers(3);
    for (const IntegerFunction& f : kConversions) {
        const bool from_float = std::string_view(f.name).starts_with("float");
        check_exact(f, from_float ? a : words, from_float ? a : words, from_float ? "all bf16, ties" : "32-bit integers");
    }
}

TEST_CASE("stochastic rounding goes up as often as its remainder says, and repeats with its seed") {
    const SfpuFunction run = function_named("stochastic_round");
    const auto rounded = [&](uint32_t seed) {
        std::vector<uint32_t> words(1024, 0x3f804000u);  // a quarter of a bf16 step above 1
        run({.out = words.data(), .a = words.data(), .random = &seed});
        return words;
    };
    const std::vector<uint32_t> words = rounded(5);
    const auto up = std::count(words.begin(), words.end(), 0x3f810000u);
    CHECK(up + std::count(words.begin(), words.end(), 0x3f800000u) == 1024);
    CHECK(up > 200);
    CHECK(up < 312);
    CHECK(words == rounded(5));
    CHECK(words != rounded(6));
}

TEST_CASE("pairs of columns turn by 90 degrees; gamma's pieces agree with the whole") {
    std::vector<uint32_t> words(1024), x(1024), sine(1024), gamma(1024);
    for (uint32_t i = 0; i < 1024; ++i) words[i] = bits_of(static_cast<float>(i + 1));
    function_named("rotate90")({.out = words.data(), .a = words.data()});
    for (uint32_t i = 0; i < 1024; i += 2) {
        CHECK(float_of(words[i]) == -static_cast<float>(i + 2));
        CHECK(float_of(words[i + 1]) == static_cast<float>(i + 1));
    }
    for (uint32_t i = 0; i < 1024; ++i) {
        const float v = -6.0f + static_cast<float>(i) * 0.0123f;
        x[i] = bits_of(v);
        sine[i] = bits_of(static_cast<float>(std::log(std::abs(std::sin(3.14159265358979 * v)))));
    }
    function_named("lgamma_reflected")({.out = gamma.data(), .a = x.data(), .dst_is_fp32 = true});
    function_named("lgamma_adjusted")(
        {.out = gamma.data(), .a = gamma.data(), .b = sine.data(), .c = x.data(), .dst_is_fp32 = true});
    for (uint32_t i = 0; i < 1024; ++i) {
        const double want = std::lgamma(float_of(x[i]));
        if (std::isfinite(want)) CHECK(float_of(gamma[i]) == doctest::Approx(want).epsilon(2e-5).scale(1));
    }
}
