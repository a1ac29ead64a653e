#include "builder/emit/python.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace tw::builder {

namespace {

constexpr size_t kPythonWidth = 88, kStep = 4;

// Nothing when the piece has to be broken.
std::optional<std::string> on_one_line(const Json& piece) {
    if (piece.is_string()) {
        const std::string& text = piece.get_ref<const std::string&>();
        return text.find('\n') == std::string::npos ? std::optional(text) : std::nullopt;
    }
    if (piece.contains("either")) return on_one_line(piece["either"]);
    if (piece.contains("value"))
        return piece["before"].get<std::string>() + piece["value"].get<std::string>() + piece["after"].get<std::string>();
    if (!piece.contains("args") || piece["broken"].get<bool>()) return std::nullopt;
    std::string out = piece["head"];
    for (const Json& arg : piece["args"]) {
        const std::optional<std::string> text = on_one_line(arg);
        if (!text) return std::nullopt;
        if (out.size() != piece["head"].get_ref<const std::string&>().size()) out += ", ";
        out += *text;
    }
    return out + piece["tail"].get<std::string>();
}

// Where an operator that binds least stands outside of all brackets: a long expression is broken before each of these.
std::vector<size_t> weakest_operators(const std::string& text) {
    static const std::vector<std::vector<std::string_view>> kByStrength = {
        {" if ", " else "}, {" <= ", " == ", " != ", " in "}, {" + ", " - "}, {" * ", " // ", " / ", " % "}};
    for (const std::vector<std::string_view>& operators : kByStrength) {
        std::vector<size_t> found;
        int depth = 0;
        for (size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '(' || text[i] == '[') ++depth;
            if (text[i] == ')' || text[i] == ']') --depth;
            const auto here = [&](std::string_view op) { return text.compare(i, op.size(), op) == 0; };
            if (depth == 0 && std::ranges::any_of(operators, here)) found.push_back(i);
        }
        if (!found.empty()) return found;
    }
    return {};
}

// An expression on a line of its own, or on several where it is too long for one; an operand that is too long is broken in
// its turn.
std::string expression_lines(const std::string& text, size_t indent) {
    const std::string margin = "\n" + std::string(indent, ' ');
    const std::vector<size_t> breaks = weakest_operators(text);
    if (indent + text.size() <= kPythonWidth || breaks.empty()) return margin + text;
    std::string out;
    size_t from = 0;
    for (size_t i = 0; i <= breaks.size(); ++i) {
        const size_t end = i < breaks.size() ? breaks[i] : text.size();
        std::string operand = text.substr(from, end - from), sign;
        if (i > 0) {
            const size_t space = operand.find(' ');
            sign = operand.substr(0, space + 1);
            operand = operand.substr(space + 1);
        }
        const std::string lines = expression_lines(operand, indent);
        out += margin + sign + lines.substr(margin.size());
        from = end + 1;
    }
    return out;
}

// Where the bracket opens that the text ends with.
size_t last_bracket(const std::string& text) {
    int depth = 0;
    for (size_t i = text.size(); i-- > 0;) {
        if (text[i] == ')' || text[i] == ']') ++depth;
        if (text[i] == '(' || text[i] == '[') --depth;
        if (depth == 0) return i;
    }
    return 0;
}

// An expression that does not fit behind `before`. What ends with a bracket after at most one operator is broken inside of
// it, other expressions in parentheses of their own.
std::string broken_expression(const std::string& before, const std::string& value, size_t indent) {
    const std::vector<size_t> operators = weakest_operators(value);
    size_t open = value.ends_with(')') && operators.size() < 2 ? last_bracket(value) : 0;
    if (open != 0 && operators.size() == 1 && value[open - 1] != ' ') open = 0;
    const std::string head = open == 0 ? "" : value.substr(0, open);
    const std::string inside = open == 0 ? value : value.substr(open + 1, value.size() - open - 2);
    return before + head + "(" + expression_lines(inside, indent + kStep) + "\n" + std::string(indent, ' ') + ")";
}

std::string on_new_line(const Json& piece, size_t indent, size_t behind) {
    return "\n" + std::string(indent, ' ') + print_python(piece, indent, indent, behind);
}

std::string indented(const std::string& text, size_t indent) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        out += text[i];
        if (text[i] == '\n' && i + 1 < text.size() && text[i + 1] != '\n') out.append(indent, ' ');
    }
    return out;
}

std::string broken(const Json& piece, size_t indent) {
    const std::string margin = "\n" + std::string(indent, ' ');
    std::string out = piece["head"];
    for (const Json& arg : piece["args"]) out += on_new_line(arg, indent + kStep, 1) + ",";
    return out + margin + piece["tail"].get<std::string>();
}

}  // namespace

std::string print_python(const Json& piece, size_t indent, size_t column, size_t behind) {
    const std::optional<std::string> line = on_one_line(piece);
    const bool fits = line && column + line->size() + behind <= kPythonWidth;
    if (piece.is_string()) return indented(piece.get_ref<const std::string&>(), indent);
    if (piece.contains("either")) return fits ? *line : print_python(piece["other"], indent, column, behind);
    if (piece.contains("value")) {
        if (fits) return *line;
        return broken_expression(piece["before"], piece["value"], indent) + piece["after"].get<std::string>();
    }
    if (piece.contains("args")) return fits ? *line : broken(piece, indent);
    // A block, or a head with a body.
    std::string out;
    if (piece.contains("under")) out = print_python(piece["under"], indent, column, 0);
    const size_t inside = piece.contains("under") ? indent + kStep : indent;
    for (const Json& statement : piece["statements"])
        out += out.empty() ? print_python(statement, inside, column, 0) : on_new_line(statement, inside, 0);
    return out;
}

Json python_call(const std::string& head, std::vector<Json> args, const std::string& tail) {
    return {{"head", head}, {"args", std::move(args)}, {"tail", tail}, {"broken", false}};
}

Json python_list(const std::string& head, std::vector<Json> items) {
    return python_call(head + "[", std::move(items), "]");
}

Json python_table(const std::string& head, std::vector<Json> rows, const std::string& tail) {
    return {{"head", head}, {"args", std::move(rows)}, {"tail", tail}, {"broken", true}};
}

Json python_wrapped(const std::string& before, const std::string& value, const std::string& after) {
    if (value.starts_with('(') && value.ends_with(')') && last_bracket(value) == 0)
        return python_wrapped(before, value.substr(1, value.size() - 2), after);
    return {{"before", before}, {"value", value}, {"after", after}};
}

Json python_either(Json one, Json other) {
    return {{"either", std::move(one)}, {"other", std::move(other)}};
}

Json python_block(std::vector<Json> statements) {
    return {{"statements", std::move(statements)}};
}

Json python_under(Json head, std::vector<Json> body) {
    return {{"under", std::move(head)}, {"statements", std::move(body)}};
}

Json python_definition(const std::string& name, std::vector<Json> parameters, const std::string& result) {
    const std::string tail = result.empty() ? "):" : fmt::format(") -> {}:", result);
    return python_call(fmt::format("def {}(", name), std::move(parameters), tail);
}

Json python_import(const std::string& module, const std::vector<std::string>& names) {
    const std::string from = fmt::format("from {} import ", module);
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return python_either(from + list, python_table(from + "(", python_names(names)));
}

std::vector<Json> python_names(const std::vector<std::string>& names) {
    return std::vector<Json>(names.begin(), names.end());
}

std::string python_string(const std::string& text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string wrapped(const std::string& text, const std::string& first, const std::string& rest, size_t width) {
    std::string out, line = first;
    bool empty = true;
    for (size_t start = 0; start < text.size();) {
        const size_t end = std::min(text.find(' ', start), text.size());
        const std::string word = text.substr(start, end - start);
        start = end + 1;
        if (word.empty()) continue;
        if (!empty && line.size() + 1 + word.size() > width) {
            out += line + "\n";
            line = rest;
            empty = true;
        }
        line += (empty ? "" : " ") + word;
        empty = false;
    }
    return out + line;
}

}  // namespace tw::builder
