// Calls in the math of a spec: functions of elements, reductions, page maps and the rest of the expression language.
#include "base/identifier.h"
#include "builder/math/graph_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tw::builder {

namespace {

constexpr std::array<std::string_view, 5> kReductions = {"sum", "mean", "max", "min", "prod"};
constexpr std::array<std::string_view, 21> kSpecial = {
    "as",    "opt", "softmax", "log_softmax", "cumsum", "cumprod", "argmax", "argmin", "matmul", "transpose", "concat",
    "slice", "pad", "repeat",  "rot_half",    "gather", "sum",     "mean",   "max",    "min",    "prod"};
constexpr std::array<std::string_view, 8> kCastTypes = {"bfloat16", "float32", "bfloat8_b", "bfloat4_b",
                                                        "uint32",   "uint16",  "uint8",     "int32"};

Fold fold_of(std::string_view name) {
    for (const Fold fold : {Fold::Mean, Fold::Max, Fold::Min, Fold::Prod}) {
        if (name == fold_name(fold)) return fold;
    }
    return Fold::Sum;
}

}  // namespace

const Syntax& GraphBuilder::argument(const Syntax& call, size_t i) {
    if (i >= call.args.size())
        fail(call, "missing-argument", fmt::format("{} needs more arguments", call.name), usage(call.name));
    return call.args[i];
}

std::string GraphBuilder::usage(const std::string& name) {
    static const std::map<std::string, std::string> usages = {{"as", "as(bfloat16, x)"},
                                                              {"opt", "opt(gamma, 1): gamma, or 1 where it is not given"},
                                                              {"softmax", "softmax(x, W)"},
                                                              {"log_softmax", "log_softmax(x, W)"},
                                                              {"cumsum", "cumsum(x, W)"},
                                                              {"cumprod", "cumprod(x, W)"},
                                                              {"argmax", "argmax(x, W)"},
                                                              {"argmin", "argmin(x, W)"},
                                                              {"matmul", "matmul(a, b)"},
                                                              {"transpose", "transpose(x, H, W)"},
                                                              {"concat", "concat(a, b, W)"},
                                                              {"slice", "slice(x, W, start, stop)"},
                                                              {"pad", "pad(x, W, low, high[, value])"},
                                                              {"repeat", "repeat(x, W, count)"},
                                                              {"rot_half", "rot_half(x)"},
                                                              {"gather", "gather(table, ids)"},
                                                              {"sum", "sum(x, W[, H]) or sum(k, a[m,k] * b[k,n])"},
                                                              {"mean", "mean(x, W[, H])"},
                                                              {"max", "max(x, W) or max(a, b)"},
                                                              {"min", "min(x, W) or min(a, b)"},
                                                              {"prod", "prod(x, W)"}};
    const auto found = usages.find(name);
    return found == usages.end() ? "" : "usage: " + found->second;
}

GraphBuilder::Typed GraphBuilder::tensor_argument(const Syntax& call, size_t i) {
    const Typed value = expression(argument(call, i));
    if (at(value.index).scalar)
        fail(call.args[i], "not-a-tensor", fmt::format("{} needs a tensor here", call.name), usage(call.name));
    return value;
}

Axis GraphBuilder::axis(const Syntax& syntax, const Value& value) {
    const int rank = static_cast<int>(value.shape.dims.size());
    Axis axis;
    if (syntax.kind == Syntax::Kind::Name) {
        for (int i = 1; i <= rank; ++i) {
            if (value.shape.dims[static_cast<size_t>(rank - i)].only_symbol() == syntax.name) {
                axis.position = -i;
                axis.symbol = syntax.name;
                return axis;
            }
        }
        for (int i = 1; i <= rank; ++i) {  // W of a dimension 2 * W
            const auto scaled = value.shape.dims[static_cast<size_t>(rank - i)].scaled_symbol();
            if (!scaled || scaled->first != syntax.name) continue;
            axis.position = -i;
            return axis;
        }
        const Formula::Parameter* param = formula_.parameter(syntax.name);
        if (param != nullptr && !param->choices.empty()) {
            for (double choice : param->choices) {
                if (choice >= 0 || -choice > rank)
                    fail(syntax, "bad-axis",
                         fmt::format("choice {:g} of {} is not a dimension of {}", choice, syntax.name, value.shape.str()),
                         "dimensions are counted from the end: -1, -2");
            }
            axis.param = syntax.name;
            axis.position = static_cast<int>(param->default_value.value_or(param->choices.front()));
            return axis;
        }
        fail(syntax, "bad-axis", fmt::format("'{}' is not a dimension of {}", syntax.name, value.shape.str()),
             "an axis is a symbol of the shape, -1, -2, ... or an int parameter with choices");
    }
    if (syntax.kind == Syntax::Kind::Negate && syntax.args[0].kind == Syntax::Kind::Number) {
        const double position = syntax.args[0].number;
        if (position >= 1 && position <= rank && position == static_cast<int>(position)) {
            axis.position = -static_cast<int>(position);
            axis.symbol = value.shape.dims[static_cast<size_t>(rank + axis.position)].only_symbol().value_or("");
            return axis;
        }
    }
    fail(syntax, "bad-axis", fmt::format("this is not a dimension of {}", value.shape.str()),
         "an axis is a symbol of the shape, or -1, -2, ...");
}

Dim& GraphBuilder::dim_at(Shape& shape, const Axis& axis) {
    return shape.dims[shape.dims.size() - static_cast<size_t>(-axis.position)];
}

Dim GraphBuilder::size_argument(const Syntax& call, size_t i) {
    const Syntax& syntax = argument(call, i);
    try {
        const Dim dim = Dim::from(syntax);
        for (const std::string& symbol : dim.symbols()) {
            if (!is_symbol(symbol)) fail(syntax, "bad-dimension", fmt::format("'{}' is not a dimension", symbol));
        }
        return dim;
    } catch (const std::exception& error) {
        fail(syntax, "bad-dimension", error.what(), usage(call.name));
    }
}

GraphBuilder::Typed GraphBuilder::reduce(const Syntax& call) {
    // sum(k, a[m,k] * b[k,n])
    if (call.args[0].kind == Syntax::Kind::Name && call.args.size() == 2 && !is_value(call.args[0].name))
        return contract(call);
    const Typed operand = tensor_argument(call, 0);
    const Value& input = at(operand.index);
    if (call.args.size() < 2) {
        fail(call, "missing-argument", fmt::format("{} needs the dimensions to reduce", call.name), usage(call.name));
    }
    Value value;
    value.kind = Value::Kind::Reduce;
    value.fold = fold_of(call.name);
    value.args = {operand.index};
    value.shape = input.shape;
    for (size_t i = 1; i < call.args.size(); ++i) {
        const Axis axis = this->axis(call.args[i], input);
        for (const Axis& other : value.axes) {
            if (other.position == axis.position || !axis.param.empty())
                fail(call.args[i], "bad-axis", "a dimension is reduced twice");
        }
        dim_at(value.shape, axis) = Dim(1);
        value.axes.push_back(axis);
    }
    // Which dimension becomes 1 is then known at run time only; the shape must not claim one.
    if (!value.axes.front().param.empty()) value.shape = input.shape;
    return {add(std::move(value), call), operand.labelled, operand.labels};
}

GraphBuilder::Typed GraphBuilder::call(const Syntax& call) {
    const std::string& name = call.name;
    for (const std::string& keyword : call.keywords) {
        if (!keyword.empty())
            fail(call, "keyword-argument", fmt::format("'{}=': arguments are given by position", keyword), usage(name));
    }
    if ((name == "max" || name == "min") && call.args.size() == 2 && !is_axis(call.args[1])) {
        return map(call, *find_function(name == "max" ? "maximum" : "minimum"),
                   {expression(call.args[0]), expression(call.args[1])});
    }
    if (std::find(kSpecial.begin(), kSpecial.end(), name) != kSpecial.end()) {
        argument(call, 0);
        return special(call);
    }
    const Function* function = find_function(name);
    if (function == nullptr || !is_identifier(name)) {
        std::vector<std::string_view> known(kSpecial.begin(), kSpecial.end());
        for (const Function& f : functions()) {
            if (is_identifier(f.name)) known.push_back(f.name);
        }
        const std::string guess = nearest(name, known);
        fail(call, "unknown-function", fmt::format("'{}' is not a function of the expression language", name),
             "known: " + joined(known), guess.empty() ? "" : fmt::format("did you mean '{}'?", guess));
    }
    const size_t arity = static_cast<size_t>(function->tensors + function->scalars);
    if (call.args.size() != arity) {
        fail(call, "argument-count",
             fmt::format("{} takes {} argument{}, not {}", name, arity, arity == 1 ? "" : "s", call.args.size()));
    }
    std::vector<Typed> operands;
    for (size_t i = 0; i < arity; ++i) {
        operands.push_back(expression(call.args[i]));
        if (static_cast<int>(i) >= function->tensors && !at(operands.back().index).scalar) {
            fail(call.args[i], "not-a-scalar", fmt::format("argument {} of {} is a number or a parameter", i + 1, name));
        }
    }
    if (at(operands.front().index).scalar && function->tensors == 1) {
        fail(call, "not-a-tensor", fmt::format("{} of a number: work it out in the parameters", name));
    }
    return map(call, *function, operands);
}

bool GraphBuilder::is_axis(const Syntax& syntax) const {
    if (syntax.kind == Syntax::Kind::Name) {
        const Formula::Parameter* param = formula_.parameter(syntax.name);
        return is_symbol(syntax.name) || (param != nullptr && !param->choices.empty());
    }
    return false;
}

void GraphBuilder::at_most(const Syntax& call, size_t limit) {
    if (call.args.size() > limit)
        fail(call, "argument-count",
             fmt::format("{} takes at most {} arguments, not {}", call.name, limit, call.args.size()), usage(call.name));
}

GraphBuilder::Typed GraphBuilder::cast(const Syntax& call) {
    Value value;
    at_most(call, 2);
    std::string dtype = call.args[0].name;
    if (dtype == "bf16") dtype = "bfloat16";
    if (dtype == "fp32" || dtype == "f32") dtype = "float32";
    if (std::find(kCastTypes.begin(), kCastTypes.end(), dtype) == kCastTypes.end())
        fail(call.args[0], "bad-value", fmt::format("'{}' is not a dtype", dtype), usage(call.name));
    const Typed operand = tensor_argument(call, 1);
    value.kind = Value::Kind::Cast;
    value.name = dtype;
    value.args = {operand.index};
    value.shape = at(operand.index).shape;
    return {add(std::move(value), call), operand.labelled, operand.labels};
}

GraphBuilder::Typed GraphBuilder::optional(const Syntax& call) {
    Value value;
    at_most(call, 2);
    const Formula::Tensor* tensor = call.args[0].kind == Syntax::Kind::Name ? formula_.tensor(call.args[0].name) : nullptr;
    if (tensor == nullptr || !tensor->optional)
        fail(call.args[0], "not-optional", "opt takes an input that the spec marks optional: true", usage(call.name));
    const Syntax& neutral = argument(call, 1);
    const bool negative = neutral.kind == Syntax::Kind::Negate && neutral.args[0].kind == Syntax::Kind::Number;
    if (neutral.kind != Syntax::Kind::Number && !negative)
        fail(neutral, "bad-number", "the neutral element is a number", usage(call.name));
    const Typed operand = this->name(call.args[0]);
    value.kind = Value::Kind::Optional;
    value.name = tensor->name;
    value.number = negative ? -neutral.args[0].number : neutral.number;
    value.number_text = (negative ? "-" : "") + (negative ? neutral.args[0].name : neutral.name);
    value.args = {operand.index};
    value.shape = at(operand.index).shape;
    return {add(std::move(value), call), false, {}};
}

GraphBuilder::Typed GraphBuilder::gather(const Syntax& call) {
    Value value;
    at_most(call, 2);
    const Typed table = tensor_argument(call, 0), ids = tensor_argument(call, 1);
    if (at(table.index).shape.dims.size() < 2)
        fail(call.args[0], "shape-mismatch", "the table of gather has rank 2: [N, D]");
    const Formula::Tensor* indices = formula_.tensor(at(ids.index).name);
    if (at(ids.index).kind != Value::Kind::Input || indices == nullptr || !indices->integer) {
        fail(call.args[1], "bad-value", "the ids of gather are an input with an integer dtype", "",
             "add dtype: uint32 to that input");
    }
    value.kind = Value::Kind::Gather;
    value.args = {table.index, ids.index};
    value.shape = at(ids.index).shape;
    value.shape.dims.push_back(at(table.index).shape.dims.back());
    return {add(std::move(value), call), false, {}};
}

GraphBuilder::Typed GraphBuilder::concat(const Syntax& call) {
    const size_t count = call.args.size();
    Value value;
    if (count < 3) fail(call, "argument-count", "concat takes two or more tensors and a dimension", usage(call.name));
    value.kind = Value::Kind::Concat;
    for (size_t i = 0; i + 1 < count; ++i) {
        value.args.push_back(tensor_argument(call, i).index);
        const Value& part = at(value.args.back());
        if (i == 0) {
            value.shape = part.shape;
            value.axes = {axis(call.args.back(), part)};
            if (!value.axes.front().param.empty()) fail(call.args.back(), "bad-axis", "the dimension of concat is fixed");
            continue;
        }
        Shape expected = value.shape, got = part.shape;
        if (expected.dims.size() != got.dims.size() || expected.outer != got.outer)
            fail(call.args[i], "shape-mismatch", fmt::format("{} and {} do not concatenate", expected.str(), got.str()));
        const Dim size = dim_at(got, value.axes.front());
        dim_at(got, value.axes.front()) = dim_at(expected, value.axes.front());
        if (expected != got)
            fail(call.args[i], "shape-mismatch",
                 fmt::format("{} and {} do not concatenate", expected.str(), part.shape.str()));
        dim_at(value.shape, value.axes.front()) = dim_at(value.shape, value.axes.front()) + size;
    }
    return {add(std::move(value), call), false, {}};
}

GraphBuilder::Typed GraphBuilder::special(const Syntax& call) {
    const std::string& name = call.name;
    const size_t count = call.args.size();
    if (std::find(kReductions.begin(), kReductions.end(), name) != kReductions.end()) return reduce(call);
    if (name == "as") return cast(call);
    if (name == "opt") return optional(call);
    if (name == "gather") return gather(call);
    if (name == "concat") return concat(call);
    if (name == "matmul") {
        at_most(call, 2);
        const Typed left = tensor_argument(call, 0), right = tensor_argument(call, 1);
        return matmul(call, left, right);
    }
    Value value;
    const Typed operand = tensor_argument(call, 0);
    const Value& input = at(operand.index);
    value.args = {operand.index};
    value.shape = input.shape;
    if (name == "rot_half") {
        at_most(call, 1);
        value.kind = Value::Kind::RotateHalf;
        return {add(std::move(value), call), operand.labelled, operand.labels};
    }
    const Axis first = axis(argument(call, 1), input);
    value.axes = {first};
    if (name != "softmax" && name != "log_softmax" && name != "cumsum" && name != "cumprod" && !first.param.empty())
        fail(call.args[1], "bad-axis", fmt::format("the dimension of {} is fixed", name));
    if (name == "softmax" || name == "log_softmax" || name == "cumsum" || name == "cumprod") {
        at_most(call, 2);
        const bool scan = name == "cumsum" || name == "cumprod";
        value.kind = scan ? Value::Kind::Scan : Value::Kind::Softmax;
        if (scan)
            value.fold = name == "cumsum" ? Fold::Sum : Fold::Prod;
        else
            value.name = name;
        value.log = name == "log_softmax";
    } else if (name == "argmax" || name == "argmin") {
        at_most(call, 2);
        value.kind = Value::Kind::ArgReduce;
        value.name = name;
        dim_at(value.shape, first) = Dim(1);
    } else if (name == "transpose") {
        at_most(call, 3);
        const Axis second = axis(argument(call, 2), input);
        if (second.position == first.position || !second.param.empty())
            fail(call, "bad-axis", "transpose needs two different dimensions", usage(name));
        value.kind = Value::Kind::Transpose;
        value.axes.push_back(second);
        std::swap(dim_at(value.shape, first), dim_at(value.shape, second));
    } else if (name == "slice") {
        at_most(call, 4);
        value.kind = Value::Kind::Slice;
        value.bounds = {size_argument(call, 2), size_argument(call, 3)};
        dim_at(value.shape, first) = value.bounds[1] - value.bounds[0];
    } else if (name == "pad") {
        at_most(call, 5);
        value.kind = Value::Kind::Pad;
        value.bounds = {size_argument(call, 2), size_argument(call, 3)};
        dim_at(value.shape, first) = dim_at(value.shape, first) + value.bounds[0] + value.bounds[1];
        value.number_text = "0";
        if (count == 5) {
            const Syntax& fill = call.args[4];
            const bool negative = fill.kind == Syntax::Kind::Negate && fill.args[0].kind == Syntax::Kind::Number;
            if (fill.kind != Syntax::Kind::Number && !negative)
                fail(fill, "bad-number", "the fill value is a number", usage(name));
            value.number = negative ? -fill.args[0].number : fill.number;
            value.number_text = (negative ? "-" : "") + (negative ? fill.args[0].name : fill.name);
        }
    } else {  // repeat
        at_most(call, 3);
        value.kind = Value::Kind::Repeat;
        value.bounds = {size_argument(call, 2)};
        dim_at(value.shape, first) = dim_at(value.shape, first) * value.bounds[0];
    }
    if (const auto size = dim_at(value.shape, first).number(); size && *size <= 0)
        fail(call, "bad-dimension", "nothing is left of this dimension");
    return {add(std::move(value), call), false, {}};
}

}  // namespace tw::builder
