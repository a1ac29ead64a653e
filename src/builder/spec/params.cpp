// The parameters of a spec: types, defaults, ranges, choices.
#include "builder/spec/part.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

namespace tw::builder {

namespace {

class ParamReader : SpecPart {
public:
    explicit ParamReader(const SpecPart& part) : SpecPart(part) {}

    void read_params() {
        const Node* params = root_.get("params");
        if (params == nullptr) return;
        MapReader duplicates(*params, "params", problems_);
        if (!duplicates.is_map()) return;
        if (params->members.size() > 32)
            problem(params->where, "params", "too-many-params", "an operation has at most 32 parameters");
        for (const auto& [key, value] : params->members) {
            const std::string path = "params." + key.scalar;
            if (key.kind != Node::Kind::Scalar || !check_name(key, path, "a parameter")) continue;
            ParamSpec param;
            param.name = key.scalar;
            param.where = key.where;
            if (value.kind == Node::Kind::Map) {
                read_param(value, path, param);
            } else if (!set_default(value, path, param, true)) {
                problem(value.where, path, "bad-default",
                        "a parameter is a map (type, default, range, ...) or its default value");
            }
            spec_.params.push_back(std::move(param));
        }
    }

private:
    // `infer`: the short form `alpha: 1.0`, where the value tells the type.
    bool set_default(const Node& node, const std::string& path, ParamSpec& param, bool infer) {
        if (node.kind != Node::Kind::Scalar) return false;
        const bool truth = node.scalar == "true" || node.scalar == "True",
                   lie = node.scalar == "false" || node.scalar == "False";
        if (truth || lie) {
            if (infer)
                param.type = ParamSpec::Type::Bool;
            else if (param.type != ParamSpec::Type::Bool)
                return false;
            param.default_value = truth ? 1 : 0;
            param.default_text = truth ? "True" : "False";
            return true;
        }
        const std::optional<double> value = number_of(node);
        if (!value || (!infer && param.type == ParamSpec::Type::Bool)) return false;
        const bool whole = node.scalar.find_first_of(".eE") == std::string::npos;
        if (infer) param.type = whole ? ParamSpec::Type::Int : ParamSpec::Type::Float;
        if (param.type == ParamSpec::Type::Int && (!whole || std::abs(*value) > INT32_MAX)) return false;
        if (param.type == ParamSpec::Type::Float && std::abs(*value) > 3.4e38) {
            problem(node.where, path, "bad-default", "the default does not fit into a 32-bit float");
            return true;
        }
        param.default_value = value;
        param.default_text = python_number(node.scalar, param.type == ParamSpec::Type::Float);
        return true;
    }

    // As ruff writes it: 1. -> 1.0, .5 -> 0.5, 1E-5 -> 1e-5.
    static std::string python_number(std::string text, bool is_float) {
        if (text.front() == '+') text.erase(0, 1);
        std::replace(text.begin(), text.end(), 'E', 'e');
        if (!is_float) {
            // Python refuses leading zeros.
            const size_t digits = text.front() == '-' ? 1 : 0;
            while (text.size() > digits + 1 && text[digits] == '0') text.erase(digits, 1);
            return text;
        }
        const size_t point = text.find('.');
        if (point != std::string::npos) {
            if (point + 1 == text.size() || text[point + 1] == 'e') text.insert(point + 1, "0");
            if (point == 0 || text[point - 1] == '-') text.insert(point, "0");
        }
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }

    void read_param(const Node& value, const std::string& path, ParamSpec& param) {
        MapReader map(value, path, problems_);
        static constexpr std::array<std::string_view, 3> kTypes = {"float", "int", "bool"};
        const std::string type = map.one_of("type", kTypes).value_or("float");
        param.type = type == "float" ? ParamSpec::Type::Float
                     : type == "int" ? ParamSpec::Type::Int
                                     : ParamSpec::Type::Bool;
        if (const Node* node = map.get("default"); node != nullptr && !set_default(*node, path, param, false)) {
            map.problem(*node, "default", "bad-default", fmt::format("'{}' is not a {}", node->scalar, type));
        }
        param.keyword_only = map.boolean("keyword_only").value_or(true);
        param.doc = map.text("doc").value_or("");
        check_doc(param.doc, map.path_of("doc"));
        for (const Node* item : map.list("range")) {
            if (const auto bound = parse_bound(item->scalar, item->text_where, map.path_of("range"), problems_))
                param.range.push_back(*bound);
        }
        for (const Node* item : map.list("choices")) {
            const std::optional<double> choice = number_of(*item);
            if (!choice)
                map.problem(*item, "choices", "bad-number", fmt::format("'{}' is not a number", item->scalar));
            else
                param.choices.push_back(*choice);
        }
        map.finish();
        if (!param.default_value) return;
        const double v = *param.default_value;
        for (const Bound& bound : param.range) {
            const bool holds = bound.op == "<"    ? v < bound.value
                               : bound.op == "<=" ? v <= bound.value
                               : bound.op == ">"  ? v > bound.value
                               : bound.op == ">=" ? v >= bound.value
                               : bound.op == "==" ? v == bound.value
                                                  : v != bound.value;
            if (!holds)
                problem(param.where, path + ".default", "default-out-of-range",
                        fmt::format("the default {} is not {}", param.default_text, bound.text));
        }
        if (!param.choices.empty() && std::find(param.choices.begin(), param.choices.end(), v) == param.choices.end()) {
            problem(param.where, path + ".default", "default-out-of-range",
                    fmt::format("the default {} is not one of the choices", param.default_text));
        }
    }
};

}  // namespace

void read_params(const SpecPart& part) {
    ParamReader(part).read_params();
}

}  // namespace tw::builder
