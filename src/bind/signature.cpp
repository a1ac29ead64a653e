#include "bind/signature.h"

namespace tw::bind {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// Of the character outside of brackets and quotes, or npos.
size_t find_outside_brackets(std::string_view text, char wanted) {
    int depth = 0;
    char quote = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (depth == 0 && c == wanted) {
            return i;
        } else if (c == '[' || c == '(' || c == '{') {
            ++depth;
        } else if (c == ']' || c == ')' || c == '}') {
            --depth;
        }
    }
    return std::string_view::npos;
}

}  // namespace

std::vector<std::string_view> split_outside_brackets(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    while (!trimmed(text).empty()) {
        const size_t end = find_outside_brackets(text, by);
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return parts;
}

Signature parse_signature(std::string_view text, bool has_self) {
    Signature signature;
    const size_t open = text.find('(');
    if (open == std::string_view::npos) return signature;
    text.remove_prefix(open + 1);
    text = text.substr(0, find_outside_brackets(text, ')'));
    bool keyword_only = false, first = true;
    for (const std::string_view part : split_outside_brackets(text, ',')) {
        if (first && has_self) {
            first = false;
            continue;
        }
        first = false;
        if (part == "/") {
            for (Parameter& p : signature.parameters) p.positional_only = true;
        } else if (part == "*") {
            keyword_only = true;
        } else if (part.starts_with("**")) {
            signature.any_keyword = true;
        } else if (part.starts_with('*')) {
            signature.any_positional = keyword_only = true;
        } else {
            const size_t equals = find_outside_brackets(part, '=');
            const std::string_view declared = trimmed(part.substr(0, equals));
            const size_t colon = find_outside_brackets(declared, ':');
            Parameter p;
            p.name = trimmed(declared.substr(0, colon));
            if (colon != std::string_view::npos) p.type = trimmed(declared.substr(colon + 1));
            p.has_default = equals != std::string_view::npos;
            p.keyword_only = keyword_only;
            signature.parameters.push_back(std::move(p));
        }
    }
    return signature;
}

}  // namespace tw::bind
