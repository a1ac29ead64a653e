#include "tileir/operations.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

namespace tw::tileir {
namespace {

#define UNARY(name, bounded, expression)                                                                          \
    Operation {                                                                                                   \
        name, Shape::Unary, 0, [](double x, const double*) -> double { return expression; }, nullptr, Fold::None, \
            Along::None, bounded                                                                                  \
    }
#define WITH_NUMBERS(name, count, bounded, expression)                                                                  \
    Operation {                                                                                                         \
        name, Shape::Unary, count, [](double x, const double* n) -> double { return expression; }, nullptr, Fold::None, \
            Along::None, bounded                                                                                        \
    }
#define BINARY(name, shape, expression)                                                  \
    Operation {                                                                          \
        name, shape, 0, nullptr, [](double a, double b) -> double { return expression; } \
    }

double sigmoid(double x) {
    return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

// Newton's steps on erf, from a start that is right to 1e-3.
double erfinv(double y) {
    if (std::fabs(y) >= 1) return std::fabs(y) > 1 ? std::nan("") : std::copysign(HUGE_VAL, y);
    const double l = std::log(1 - y * y), a = 2 / (std::numbers::pi * 0.147) + l / 2;
    double x = std::copysign(std::sqrt(std::sqrt(a * a - l / 0.147) - a), y);
    for (int i = 0; i < 4; ++i) x -= (std::erf(x) - y) / (2 * std::numbers::inv_sqrtpi * std::exp(-x * x));
    return x;
}

// To the nearest, ties to even.
double to_bf16(double x) {
    if (!std::isfinite(x)) return x;
    const uint32_t bits = std::bit_cast<uint32_t>(static_cast<float>(x));
    return static_cast<double>(std::bit_cast<float>((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000));
}

const std::array kOperations{
    // ---- from windows to registers
    Operation{"copy", Shape::Move},
    Operation{"tcopy", Shape::Transpose},
    Operation{.name = "ucast.row", .shape = Shape::Spread, .along = Along::Row},
    Operation{.name = "ucast.col", .shape = Shape::Spread, .along = Along::Column},
    Operation{.name = "ucast.scalar", .shape = Shape::Spread, .along = Along::All},
    BINARY("add", Shape::Binary, a + b),
    BINARY("sub", Shape::Binary, a - b),
    BINARY("mul", Shape::Binary, a* b),
    Operation{.name = "reduce.sum.row", .shape = Shape::Reduce, .fold = Fold::Sum, .along = Along::Row},
    Operation{.name = "reduce.sum.col", .shape = Shape::Reduce, .fold = Fold::Sum, .along = Along::Column},
    Operation{.name = "reduce.sum.all", .shape = Shape::Reduce, .fold = Fold::Sum, .along = Along::All},
    Operation{.name = "reduce.max.row", .shape = Shape::Reduce, .fold = Fold::Max, .along = Along::Row},
    Operation{.name = "reduce.max.col", .shape = Shape::Reduce, .fold = Fold::Max, .along = Along::Column},
    Operation{.name = "reduce.max.all", .shape = Shape::Reduce, .fold = Fold::Max, .along = Along::All},
    Operation{"mm", Shape::Matmul},
    Operation{.name = "mm.t", .shape = Shape::Matmul, .transposed = true},
    BINARY("reuse.add", Shape::Reuse, a + b),
    BINARY("reuse.sub", Shape::Reuse, a - b),
    BINARY("reuse.mul", Shape::Reuse, a* b),
    // ---- registers
    BINARY("d.add", Shape::Binaries, a + b),
    BINARY("d.sub", Shape::Binaries, a - b),
    BINARY("d.mul", Shape::Binaries, a* b),
    BINARY("d.div", Shape::Binaries, a / b),
    BINARY("d.pow", Shape::Binaries, std::pow(a, b)),
    BINARY("d.max", Shape::Binaries,
           std::isnan(a)   ? a
           : std::isnan(b) ? b
                           : std::max(a, b)),
    BINARY("d.min", Shape::Binaries,
           std::isnan(a)   ? a
           : std::isnan(b) ? b
                           : std::min(a, b)),
    BINARY("d.eq", Shape::Binaries, a == b),
    BINARY("d.ne", Shape::Binaries, a != b),
    BINARY("d.gt", Shape::Binaries, a > b),
    BINARY("d.ge", Shape::Binaries, a >= b),
    BINARY("d.lt", Shape::Binaries, a < b),
    BINARY("d.le", Shape::Binaries, a <= b),
    BINARY("d.atan2", Shape::Binaries, std::atan2(a, b)),
    BINARY("d.fmod", Shape::Binaries, std::fmod(a, b)),
    BINARY("d.remainder", Shape::Binaries, a - b * std::floor(a / b)),
    BINARY("d.logaddexp", Shape::Binaries, std::max(a, b) + std::log1p(std::exp(-std::fabs(a - b)))),
    BINARY("d.logaddexp2", Shape::Binaries, std::max(a, b) + std::log2(1 + std::exp2(-std::fabs(a - b)))),
    BINARY("d.xlogy", Shape::Binaries, a == 0 ? 0 : a * std::log(b)),
    Operation{"select", Shape::Select},
    Operation{"mask", Shape::Mask},
    UNARY("d.copy", true, x),
    Operation{"cumsum", Shape::Scan},
    UNARY("abs", true, std::fabs(x)),
    UNARY("neg", true, -x),
    UNARY("sign", true, (x > 0) - (x < 0)),
    UNARY("square", false, x* x),
    UNARY("sqrt", false, std::sqrt(x)),
    UNARY("rsqrt", false, 1 / std::sqrt(x)),
    UNARY("recip", false, 1 / x),
    UNARY("exp", false, std::exp(x)),
    UNARY("exp2", false, std::exp2(x)),
    UNARY("expm1", false, std::expm1(x)),
    UNARY("log", false, std::log(x)),
    UNARY("log1p", false, std::log1p(x)),
    UNARY("sin", true, std::sin(x)),
    UNARY("cos", true, std::cos(x)),
    UNARY("tanh", true, std::tanh(x)),
    UNARY("sigmoid", true, sigmoid(x)),
    UNARY("silu", true, x* sigmoid(x)),
    UNARY("relu", true, std::max(x, 0.0)),
    UNARY("gelu", true, 0.5 * x * std::erfc(-x / std::sqrt(2.0))),
    UNARY("erf", true, std::erf(x)),
    UNARY("floor", true, std::floor(x)),
    UNARY("ceil", true, std::ceil(x)),
    UNARY("logical_not", true, x == 0),
    UNARY("acos", false, std::acos(x)),
    UNARY("acosh", false, std::acosh(x)),
    UNARY("asin", false, std::asin(x)),
    UNARY("asinh", true, std::asinh(x)),
    UNARY("atan", true, std::atan(x)),
    UNARY("atanh", false, std::atanh(x)),
    UNARY("cbrt", true, std::cbrt(x)),
    UNARY("cosh", false, std::cosh(x)),
    UNARY("sinh", false, std::sinh(x)),
    UNARY("tan", false, std::tan(x)),
    UNARY("erfc", true, std::erfc(x)),
    UNARY("erfinv", false, erfinv(x)),
    UNARY("frac", true, x - std::trunc(x)),
    UNARY("trunc", true, std::trunc(x)),
    UNARY("round", true, std::nearbyint(x)),
    UNARY("gelu_tanh", true, 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)))),
    UNARY("hardsigmoid", true, std::clamp(x / 6 + 0.5, 0.0, 1.0)),
    UNARY("identity", true, x),
    UNARY("isfinite", true, std::isfinite(x)),
    UNARY("isinf", true, std::isinf(x)),
    UNARY("isnan", true, std::isnan(x)),
    UNARY("mish", true, x* std::tanh(std::log1p(std::exp(x)))),
    UNARY("softsign", true, x / (1 + std::fabs(x))),
    UNARY("tanhshrink", true, x - std::tanh(x)),
    UNARY("to_bf16", true, to_bf16(x)),
    WITH_NUMBERS("add_imm", 1, true, x + n[0]),
    WITH_NUMBERS("sub_imm", 1, true, x - n[0]),
    WITH_NUMBERS("rsub_imm", 1, true, n[0] - x),
    WITH_NUMBERS("mul_imm", 1, false, x* n[0]),
    WITH_NUMBERS("pow_imm", 1, false, std::pow(x, n[0])),
    WITH_NUMBERS("max_imm", 1, true, std::max(x, n[0])),
    WITH_NUMBERS("min_imm", 1, true, std::min(x, n[0])),
    WITH_NUMBERS("clamp", 2, true, std::min(std::max(x, n[0]), n[1])),
    WITH_NUMBERS("leaky_relu", 1, true, x >= 0 ? x : x * n[0]),
    WITH_NUMBERS("gt_imm", 1, true, x > n[0]),
    WITH_NUMBERS("ge_imm", 1, true, x >= n[0]),
    WITH_NUMBERS("lt_imm", 1, true, x < n[0]),
    WITH_NUMBERS("le_imm", 1, true, x <= n[0]),
    WITH_NUMBERS("eq_imm", 1, true, x == n[0]),
    WITH_NUMBERS("ne_imm", 1, true, x != n[0]),
    WITH_NUMBERS("elu", 1, true, x >= 0 ? x : n[0] * std::expm1(x)),
    WITH_NUMBERS("celu", 2, true, x >= 0 ? x : n[0] * std::expm1(x * n[1])),
    WITH_NUMBERS("selu", 2, true, n[0] * (x >= 0 ? x : n[1] * std::expm1(x))),
    WITH_NUMBERS("softplus", 3, true, x* n[0] > n[2] ? x : std::log1p(std::exp(x * n[0])) * n[1]),
    WITH_NUMBERS("hardtanh", 2, true, std::min(std::max(x, n[0]), n[1])),
    WITH_NUMBERS("hardshrink", 1, true, std::fabs(x) > n[0] ? x : 0),
    WITH_NUMBERS("softshrink", 1, true,
                 x > n[0]    ? x - n[0]
                 : x < -n[0] ? x + n[0]
                             : 0),
    WITH_NUMBERS("threshold", 2, true, x > n[0] ? x : n[1]),
    Operation{"fill", Shape::Fresh, 1},
};

#undef UNARY
#undef WITH_NUMBERS
#undef BINARY

}  // namespace

int Operation::tiles() const {
    switch (shape) {
        case Shape::Move:
        case Shape::Transpose:
        case Shape::Spread:
        case Shape::Unary:
        case Shape::Scan: return 1;
        case Shape::Select: return 3;
        case Shape::Fresh: return 0;
        default: return 2;
    }
}

bool Operation::reads_windows() const {
    return shape <= Shape::Reuse;
}

bool Operation::may_accumulate() const {
    return (shape == Shape::Binary && name != "sub") || shape == Shape::Reduce || shape == Shape::Matmul;
}

bool Operation::always_accumulates() const {
    return (shape == Shape::Binary && name == "mul") || shape == Shape::Reduce || shape == Shape::Matmul;
}

std::span<const Operation> operations() {
    return kOperations;
}

const Operation* find_operation(std::string_view name) {
    const auto it = std::ranges::find(kOperations, name, &Operation::name);
    return it == kOperations.end() ? nullptr : &*it;
}

}  // namespace tw::tileir
