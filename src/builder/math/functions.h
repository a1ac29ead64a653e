// The functions that an expression may call, one row each: what PyTorch calls them (the test's reference) and which SFPU
// tile call computes them on the device (docs/upstream-api.md K7.5). Adding a function is adding a row.
//
// Reductions, index maps and contractions are not here: they have axes, and are nodes of their own (graph.h).
#pragma once

#include <span>
#include <string_view>

namespace tw::builder {

enum class Domain {
    Any,
    Positive,
    Unit,
    AboveOne,
    NonZero
};  // where the function is defined, so that a test draws inputs there

// What planning knows of a function besides its rows.
enum class Special { None, Identity, Negate, Quotient, Dropout };

struct Function {
    std::string_view name;
    int tensors;             // operands that may be tensors; they come first
    int scalars;             // parameters after them, each a number or a param of the operation
    std::string_view torch;  // {0}, {1}, ... are the operands in order
    std::string_view tile;   // "exp_tile"; empty when several calls are needed
    std::string_view init;
    std::string_view header;      // below api/compute/
    Domain domain = Domain::Any;  // of the first operand
    Special special = Special::None;
};

std::span<const Function> functions();
const Function* find_function(std::string_view name);

}  // namespace tw::builder
