#include "builder/families/phase_text.h"

#include "base/identifier.h"

#include <fmt/format.h>

namespace tw::builder {

namespace {

using Kind = Value::Kind;

// Without the parentheses around the whole.
std::string without_outer(const std::string& text) {
    if (text.empty() || text.front() != '(') return text;
    int depth = 0;
    for (size_t i = 0; i + 1 < text.size(); ++i) {
        depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
        if (depth == 0) return text;
    }
    return text.substr(1, text.size() - 2);
}

}  // namespace

std::string PhaseText::whole(int index) const {
    return without_outer(text_of(index, true));
}

std::string PhaseText::operand(int index) const {
    return text_of(index, false);
}

std::string PhaseText::text_of(int index, bool top) const {
    if (!top) {
        if (const auto named = names_.find(index); named != names_.end()) return named->second;
    }
    const Value& value = graph_.at(index);
    switch (value.kind) {
        case Kind::Input:
        case Kind::Param: return value.name;
        case Kind::Number: return value.number_text;
        case Kind::Size: return value.size.str();
        case Kind::Map: {
            if (value.function->special == Special::Negate) return "-" + text_of(value.args[0], false);
            if (!is_identifier(value.function->name)) {
                return fmt::format("({} {} {})", side_of(value.args[0], value, false), value.function->name,
                                   side_of(value.args[1], value, true));
            }
            std::string args;
            for (int arg : value.args) args += (args.empty() ? "" : ", ") + without_outer(text_of(arg, false));
            return fmt::format("{}({})", value.function->name, args);
        }
        case Kind::Cast: return fmt::format("as({}, {})", value.name, text_of(value.args[0], false));
        case Kind::Optional: return value.name;
        default: {
            std::string axes;
            for (const Axis& axis : value.axes)
                axes += ", " + (!axis.param.empty()   ? axis.param
                                : axis.symbol.empty() ? std::to_string(axis.position)
                                                      : axis.symbol);
            const std::string name = value.kind == Kind::Scan     ? fmt::format("cum{}", fold_name(value.fold))
                                     : value.kind == Kind::Reduce ? std::string(fold_name(value.fold))
                                                                  : value.name;
            return fmt::format("{}({}{})", name, without_outer(text_of(value.args[0], false)), axes);
        }
    }
}

std::string PhaseText::side_of(int index, const Value& parent, bool right) const {
    const auto binding = [](const Value& value) {
        if (value.kind != Kind::Map || is_identifier(value.function->name)) return 9;
        const char first = value.function->name.front();
        return first == '*' || first == '/' ? 2 : first == '+' || first == '-' ? 1 : 0;
    };
    const std::string text = text_of(index, false);
    const int own = binding(graph_.at(index)), around = binding(parent);
    return own != 9 && around != 0 && (right ? own > around : own >= around) ? without_outer(text) : text;
}

}  // namespace tw::builder
