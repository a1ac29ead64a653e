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
        return piece["before"].get<std::string>() + "(" + on_new_line(piece["value"], indent + kStep, 0) + "\n" +
               std::string(indent, ' ') + ")" + piece["after"].get<std::string>();
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
