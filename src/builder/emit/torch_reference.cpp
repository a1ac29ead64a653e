#include "builder/emit/torch_reference.h"

#include "base/identifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

constexpr int kAtom = 9, kChoice = 0, kNegate = 3, kProduct = 2, kSum = 1;
constexpr size_t kLongest = 64;  // a longer expression gets a name, so that no line needs wrapping

struct Text {
    std::string text;
    int precedence = kAtom;
};

class Writer {
public:
    explicit Writer(const Plan& plan) : plan_(plan) {}

    std::vector<std::string> run(int value, bool whole) {
        // Only what the value needs.
        needed_.assign(plan_.graph.values.size(), false);
        needed_[static_cast<size_t>(value)] = true;
        for (size_t i = static_cast<size_t>(value) + 1; i-- > 0;) {
            if (!needed_[i]) continue;
            for (int arg : plan_.graph.values[i].args) needed_[static_cast<size_t>(arg)] = true;
        }
        for (const TensorSpec& tensor : plan_.spec.inputs) convert(tensor);
        if (whole && !plan_.spec.tests.torch.empty()) {
            lines_.push_back("return " + plan_.spec.tests.torch);
            return std::move(lines_);
        }
        for (const auto& [name, index] : plan_.graph.lets) {
            const size_t i = static_cast<size_t>(index);
            if (!needed_[i] || named_.count(index) != 0 || index == value) continue;
            const Text text = text_of(index, true);
            if (text.text != name) lines_.push_back(fmt::format("{} = {}", name, text.text));
            named_[index] = name;
        }
        lines_.push_back("return " + text_of(value, true).text);
        return std::move(lines_);
    }

private:
    const Plan& plan_;
    std::vector<bool> needed_;
    std::map<int, std::string> named_;
    std::vector<std::string> lines_;
    int steps_ = 0;

    void convert(const TensorSpec& tensor) {
        const auto used = [&](Kind kind) {
            for (size_t i = 0; i < needed_.size(); ++i) {
                const Value& value = plan_.graph.values[i];
                if (needed_[i] && value.kind == kind && value.name == tensor.name) return true;
            }
            return false;
        };
        if (!used(Kind::Input) || is_integer_dtype(plan_.spec.dtypes_of(tensor).front())) return;
        if (!tensor.optional) lines_.push_back(fmt::format("{0} = {0}.float()", tensor.name));
    }

    std::string size_text(const Dim& dim) const {
        const std::string text = dim.python([&](const std::string& symbol) {
            for (const TensorSpec& tensor : plan_.spec.inputs) {
                if (tensor.optional) continue;
                const std::vector<Dim>& dims = tensor.shape->dims;
                for (size_t i = 1; i <= dims.size(); ++i) {
                    const auto scaled = dims[dims.size() - i].scaled_symbol();
                    if (!scaled || scaled->first != symbol) continue;
                    const std::string size = fmt::format("{}.shape[-{}]", tensor.name, i);
                    return scaled->second == 1 ? size : fmt::format("({} // {})", size, scaled->second);
                }
            }
            return symbol;
        });
        return text;
    }

    static std::string parenthesised(const Text& text, int at_least) {
        return text.precedence < at_least ? "(" + text.text + ")" : text.text;
    }

    Text text_of(int index, bool last = false) {
        if (const auto named = named_.find(index); named != named_.end()) return {named->second, kAtom};
        Text text = compose(index);
        const Value& value = plan_.graph.at(index);
        const bool shared = value.uses > 1 && !value.args.empty() && !value.scalar;
        if ((text.text.size() <= kLongest && !shared) || last) return text;
        return {named(index, text.text), kAtom};
    }

    std::string named(int index, const std::string& text) {
        std::string name;
        do name = fmt::format("step_{}", ++steps_);
        while (plan_.spec.input(name) != nullptr || plan_.spec.param(name) != nullptr);
        lines_.push_back(fmt::format("{} = {}", name, text));
        named_[index] = name;
        return name;
    }

    std::string axes_text(const Value& value) const {
        if (!value.axes.front().param.empty()) return value.axes.front().param;
        if (value.axes.size() == 1) return std::to_string(value.axes.front().position);
        std::string list;
        for (const Axis& axis : value.axes) list += (list.empty() ? "" : ", ") + std::to_string(axis.position);
        return "(" + list + ")";
    }

    Text map_text(const Value& value) {
        const Function& function = *value.function;
        std::vector<Text> args;
        size_t length = function.torch.size();
        for (int arg : value.args) {
            args.push_back(text_of(arg));
            length += args.back().text.size();
        }
        // Too long for a line: the operands get names, the longest first.
        for (size_t i = 0; i < args.size() && length > 60; ++i) {
            size_t longest = 0;
            for (size_t j = 1; j < args.size(); ++j)
                longest = args[j].text.size() > args[longest].text.size() ? j : longest;
            if (args[longest].text.size() < 16 || is_identifier(args[longest].text)) break;
            length -= args[longest].text.size();
            args[longest] = {named(value.args[longest], args[longest].text), kAtom};
            length += args[longest].text.size();
        }
        if (function.name == "+" || function.name == "-" || function.name == "*" || function.name == "/") {
            const int own = function.name == "+" || function.name == "-" ? kSum : kProduct;
            const bool exact = function.name == "+" || function.name == "*";
            return {fmt::format("{} {} {}", parenthesised(args[0], own), function.name,
                                parenthesised(args[1], exact ? own : own + 1)),
                    own};
        }
        if (function.special == Special::Negate) return {"-" + parenthesised(args[0], kNegate + 1), kNegate};
        // Between numbers and parameters Python has operators of its own.
        const bool compares = !is_identifier(function.name);
        if (value.scalar && (compares || function.name == "remainder" || function.name == "pow")) {
            const std::string left = parenthesised(args[0], kAtom), right = parenthesised(args[1], kAtom);
            const bool simple = left.find(' ') == std::string::npos && right.find(' ') == std::string::npos;
            if (function.name == "pow") return {left + (simple ? "**" : " ** ") + right, kChoice};
            // A tensor takes no truth to subtract.
            if (compares) return {fmt::format("float({} {} {})", left, function.name, right), kAtom};
            return {fmt::format("{} % {}", left, right), kChoice};
        }
        // A number or a parameter decides for all elements.
        if (function.name == "select" && plan_.graph.at(value.args[0]).scalar) {
            const auto fills = [&](int arg) { return value.scalar || plan_.graph.at(arg).shape == value.shape; };
            if (args[0].text.starts_with("float(")) args[0] = {args[0].text.substr(6, args[0].text.size() - 7), kSum};
            if (fills(value.args[1]) && fills(value.args[2]))
                return {fmt::format("{} if {} else {}", parenthesised(args[1], kSum), parenthesised(args[0], kSum),
                                    args[2].text),
                        kChoice};
            args[0] = {fmt::format("torch.tensor({})", args[0].text), kAtom};
        }
        // Functions of two tensors take no Python numbers, apart from a few.
        const bool takes_numbers =
            function.name == "pow" || function.name == "fmod" || function.name == "remainder" || function.name == "xlogy";
        if (function.tensors == 2 && is_identifier(function.name) && !takes_numbers) {
            for (size_t i = 0; i < 2; ++i) {
                if (plan_.graph.at(value.args[i]).scalar)
                    args[i] = {fmt::format("torch.tensor(float({}))", args[i].text), kAtom};
            }
        }
        std::string out;
        const std::string_view pattern = function.torch;
        for (size_t i = 0; i < pattern.size(); ++i) {
            if (pattern[i] != '{') {
                out += pattern[i];
                continue;
            }
            const Text& arg = args[static_cast<size_t>(pattern[i + 1] - '0')];
            const char before = i > 0 ? pattern[i - 1] : '(', after = i + 3 < pattern.size() ? pattern[i + 3] : ')';
            const bool open_before = before == '(' || before == '=' || (before == ' ' && i > 1 && pattern[i - 2] == ',');
            out += open_before && (after == ')' || after == ',') ? arg.text : parenthesised(arg, kAtom);
            i += 2;
        }
        const bool call = pattern.ends_with(')') || pattern == "{0}";
        return {out, pattern == "{0}"                                        ? args[0].precedence
                     : call && pattern.find(" * ") == std::string_view::npos ? kAtom
                                                                             : kSum};
    }

    Text compose(int index) {
        const Value value = plan_.graph.at(index);
        switch (value.kind) {
            case Kind::Input:
            case Kind::Param: return {value.name, kAtom};
            case Kind::Number: return {number(value.number_text), kAtom};
            case Kind::Size: {
                const std::string text = size_text(value.size);
                return {text, text.find(' ') == std::string::npos ? kAtom : kSum};
            }
            case Kind::Map: return map_text(value);
            case Kind::Cast: return {cast(value), kAtom};
            case Kind::Optional: {
                const std::string name = value.name;
                lines_.push_back(
                    fmt::format("{0} = {0}.float() if {0} is not None else {1}", name, number(value.number_text)));
                named_[index] = name;
                return {name, kAtom};
            }
            default: break;
        }
        std::vector<std::string> args;
        for (int arg : value.args) args.push_back(text_of(arg).text);
        const std::string& x = args.front();
        switch (value.kind) {
            case Kind::Reduce: {
                if (value.fold == Fold::Prod) {
                    std::string text = x;
                    for (const Axis& axis : value.axes)
                        text = fmt::format("torch.prod({}, dim={}, keepdim=True)", text,
                                           axis.param.empty() ? std::to_string(axis.position) : axis.param);
                    return {text, kAtom};
                }
                const bool extreme = value.fold == Fold::Max || value.fold == Fold::Min;
                const std::string name = (extreme ? "a" : "") + std::string(fold_name(value.fold));
                return {fmt::format("torch.{}({}, dim={}, keepdim=True)", name, x, axes_text(value)), kAtom};
            }
            case Kind::ArgReduce:
                return {fmt::format("torch.{}({}, dim={}, keepdim=True)", value.name, x, axes_text(value)), kAtom};
            case Kind::Softmax: return {fmt::format("torch.{}({}, dim={})", value.name, x, axes_text(value)), kAtom};
            case Kind::Scan:
                return {fmt::format("torch.cum{}({}, dim={})", fold_name(value.fold), x, axes_text(value)), kAtom};
            case Kind::Contract:
                return {value.transpose_b ? fmt::format("torch.matmul({}, torch.transpose({}, -2, -1))", x, args[1])
                                          : fmt::format("torch.matmul({}, {})", x, args[1]),
                        kAtom};
            case Kind::Transpose:
                return {fmt::format("torch.transpose({}, {}, {})", x, value.axes[0].position, value.axes[1].position),
                        kAtom};
            case Kind::Permute: {
                std::string order;
                for (int axis : value.order) order += (order.empty() ? "" : ", ") + std::to_string(axis);
                return {fmt::format("torch.permute({}, ({}))", x, order), kAtom};
            }
            case Kind::Concat: {
                std::string list;
                for (const std::string& arg : args) list += (list.empty() ? "" : ", ") + arg;
                return {fmt::format("torch.cat([{}], dim={})", list, axes_text(value)), kAtom};
            }
            case Kind::Slice:
                return {fmt::format("torch.narrow({}, {}, {}, {})", x, axes_text(value), size_text(value.bounds[0]),
                                    size_text(value.bounds[1] - value.bounds[0])),
                        kAtom};
            case Kind::Pad: {
                std::string widths;
                for (int axis = -1; axis > value.axes.front().position; --axis) widths += "0, 0, ";
                return {fmt::format("torch.nn.functional.pad({}, ({}{}, {}), value={})", x, widths,
                                    size_text(value.bounds[0]), size_text(value.bounds[1]), number(value.number_text)),
                        kAtom};
            }
            case Kind::Repeat:
                return {fmt::format("torch.cat([{}] * {}, dim={})", x, size_text(value.bounds[0]), axes_text(value)),
                        kAtom};
            case Kind::RotateHalf: {
                lines_.push_back(fmt::format("left, right = torch.chunk({}, 2, dim=-1)", x));
                return {"torch.cat([-right, left], dim=-1)", kAtom};
            }
            case Kind::Gather: return {fmt::format("torch.nn.functional.embedding({}.long(), {})", args[1], x), kAtom};
            default: return {x, kAtom};
        }
    }

    static std::string number(std::string text) {
        std::replace(text.begin(), text.end(), 'E', 'e');
        // Python knows neither 1. with nothing behind in ruff's eyes, nor 007.
        const size_t digits = text.front() == '-' ? 1 : 0;
        const size_t point = text.find('.');
        if (point != std::string::npos) {
            if (point + 1 == text.size() || text[point + 1] == 'e') text.insert(point + 1, "0");
            if (text[digits] == '.') text.insert(digits, "0");
        } else if (text.find('e') == std::string::npos) {
            while (text.size() > digits + 1 && text[digits] == '0') text.erase(digits, 1);
        }
        return text;
    }

    std::string cast(const Value& value) {
        const std::string x = text_of(value.args[0]).text;
        if (value.name == "bfloat16") return fmt::format("({}).to(torch.bfloat16).float()", x);
        if (is_block_format(value.name) || value.name == "float32") return fmt::format("({}).float()", x);
        if (value.name == "uint8") return fmt::format("({}).to(torch.uint8)", x);
        return fmt::format("({}).to(torch.int32)", x);
    }
};

}  // namespace

std::vector<std::string> torch_reference(const Plan& plan) {
    return Writer(plan).run(plan.graph.output, true);
}
std::vector<std::string> torch_reference(const Plan& plan, int value) {
    return Writer(plan).run(value, false);
}

}  // namespace tw::builder
