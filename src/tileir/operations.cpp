#include "tileir/operations.h"

#include <algorithm>
#include <array>
#include <cmath>

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
    Operation{"select", Shape::Select},
    Operation{"mask", Shape::Mask},
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
    WITH_NUMBERS("add_imm", 1, true, x + n[0]),
    WITH_NUMBERS("sub_imm", 1, true, x - n[0]),
    WITH_NUMBERS("rsub_imm", 1, true, n[0] - x),
    WITH_NUMBERS("mul_imm", 1, false, x* n[0]),
    WITH_NUMBERS("pow_imm", 1, false, std::pow(x, n[0])),
    WITH_NUMBERS("max_imm", 1, true, std::max(x, n[0])),
    WITH_NUMBERS("min_imm", 1, true, std::min(x, n[0])),
    WITH_NUMBERS("clamp", 2, true, std::min(std::max(x, n[0]), n[1])),
    WITH_NUMBERS("leaky_relu", 1, true, x >= 0 ? x : x * n[0]),
    WITH_NUMBERS("fill", 1, true, (void(x), n[0])),
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
