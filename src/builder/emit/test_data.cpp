#include "builder/emit/test_data.h"

#include "builder/plan/signs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace tw::builder {

namespace {

// The strictest domain among the functions that an input goes into directly.
Domain domain_of(const Plan& plan, const std::string& input) {
    Domain domain = Domain::Any;
    for (const Value& value : plan.graph.values) {
        if (value.kind != Value::Kind::Map || value.args.empty()) continue;
        const Value& first = plan.graph.at(value.args.front());
        if (first.kind == Value::Kind::Input && first.name == input && value.function->domain != Domain::Any)
            domain = value.function->domain;
        // The divisor of a quotient.
        if (value.function->special == Special::Quotient) {
            const Value& divisor = plan.graph.at(value.args[1]);
            if (divisor.kind == Value::Kind::Input && divisor.name == input && domain == Domain::Any)
                domain = Domain::NonZero;
        }
    }
    if (domain == Domain::Any && inputs_to_keep_positive(plan.graph).contains(input)) return Domain::Positive;
    return domain;
}

std::string text_of(const ParamSpec& param, double value) {
    if (param.type == ParamSpec::Type::Bool) return value != 0 ? "True" : "False";
    return param.type == ParamSpec::Type::Int ? fmt::format("{}", static_cast<int64_t>(value)) : number_text(value);
}

bool inside(const ParamSpec& param, double value) {
    return std::all_of(param.range.begin(), param.range.end(), [&](const Bound& bound) {
        if (bound.op == ">") return value > bound.value;
        if (bound.op == ">=") return value >= bound.value;
        if (bound.op == "<") return value < bound.value;
        if (bound.op == "<=") return value <= bound.value;
        return bound.op == "!=" ? value != bound.value : value == bound.value;
    });
}

}  // namespace

std::string number_text(double value) {
    return value == static_cast<int64_t>(value) ? fmt::format("{:.1f}", value) : fmt::format("{:g}", value);
}

std::string random_tensor(const Plan& plan, const TensorSpec& tensor) {
    const std::string dtype = plan.spec.dtypes_of(tensor).front(), shape = tensor.name + "_shape";
    if (is_integer_dtype(dtype)) {
        std::string limit = "8";
        for (const Value& value : plan.graph.values) {
            if (value.kind == Value::Kind::Gather && plan.graph.at(value.args[1]).name == tensor.name)
                limit = plan.graph.at(value.args[0]).name + "_shape[-2]";
        }
        return fmt::format("torch.randint(0, {}, {}, dtype=torch.{})", limit, shape, dtype == "uint8" ? "uint8" : "int32");
    }
    double low = 0, high = 0;
    if (const auto uniform = plan.spec.tests.uniform.find(tensor.name); uniform != plan.spec.tests.uniform.end()) {
        std::tie(low, high) = uniform->second;
    } else {
        switch (domain_of(plan, tensor.name)) {
            case Domain::Any: return fmt::format("torch.randn({})", shape);
            case Domain::Positive: std::tie(low, high) = std::pair{0.5, 2.0}; break;
            case Domain::Unit: std::tie(low, high) = std::pair{-0.75, 0.75}; break;
            case Domain::AboveOne: std::tie(low, high) = std::pair{1.0, 3.0}; break;
            case Domain::NonZero: std::tie(low, high) = std::pair{0.5, 2.0}; break;
        }
    }
    const std::string random = fmt::format("torch.rand({})", shape);
    std::string scaled = high - low == 1 ? random : fmt::format("{} * {}", random, number_text(high - low));
    if (low == 0) return scaled;
    return low > 0 ? fmt::format("{} + {}", scaled, number_text(low)) : fmt::format("{} - {}", scaled, number_text(-low));
}

std::string sample(const ParamSpec& param) {
    if (!param.choices.empty()) return fmt::format("{:g}", param.choices.front());
    if (param.type == ParamSpec::Type::Bool) return "True";
    for (const double value : {1.0, 2.0, 0.5, 0.25, 4.0, 0.0, -1.0, -0.5, 8.0, 16.0, 64.0}) {
        if (inside(param, value)) return text_of(param, value);
    }
    double low = -1e30, high = 1e30;
    for (const Bound& bound : param.range) {
        if (bound.op.front() == '>') low = std::max(low, bound.value);
        if (bound.op.front() == '<') high = std::min(high, bound.value);
    }
    return text_of(param, low == -1e30 ? high - 1 : high == 1e30 ? low + 1 : (low + high) / 2);
}

std::vector<std::string> other_values(const ParamSpec& param) {
    const std::string usual = param.default_value ? param.default_text : sample(param);
    std::vector<std::string> values;
    if (!param.choices.empty()) {
        for (const double choice : param.choices) {
            if (fmt::format("{:g}", choice) != usual) values.push_back(fmt::format("{:g}", choice));
        }
        return values;
    }
    if (param.type == ParamSpec::Type::Bool) return {usual == "True" ? "False" : "True"};
    const double from = param.default_value.value_or(0);
    // Not so far off that functions leave the numbers that bfloat16 resolves.
    for (const double value : {0.5, 2.0, -0.5, 0.25, 1.0, 3.0, 0.75, 0.125, -2.0, 8.0}) {
        const bool whole = param.type != ParamSpec::Type::Int || value == std::floor(value);
        if (whole && std::abs(value - from) > 0.1 && text_of(param, value) != usual && inside(param, value))
            return {text_of(param, value)};
    }
    return {};
}

std::vector<std::string> bad_values(const ParamSpec& param) {
    if (!param.choices.empty()) {
        double other = 17;
        for (const double choice : param.choices) other = std::max(other, choice + 1);
        return {text_of(param, other)};
    }
    std::vector<std::string> values;
    for (const Bound& bound : param.range) {
        for (const double value : {bound.value, bound.value - 1, bound.value + 1}) {
            if (inside(param, value)) continue;
            if (const std::string text = text_of(param, value);
                std::find(values.begin(), values.end(), text) == values.end()) {
                values.push_back(text);
                break;
            }
        }
    }
    return values;
}

}  // namespace tw::builder
