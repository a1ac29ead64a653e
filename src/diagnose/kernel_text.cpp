#include "diagnose/kernel_text.h"

#include "cpp_text/lexer.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

namespace tw::diagnose {
namespace {

struct KernelText {
    std::string text;
    cpp_text::TokenList list;
    cpp_text::Lines lines;

    explicit KernelText(const std::string& file)
        : text(read(file)), list(cpp_text::tokenize(text, 0, text.size())), lines(text) {}

    static std::string read(const std::string& file) {
        std::ifstream in(file);
        std::stringstream all;
        if (in) all << in.rdbuf();
        return all.str();
    }
    size_t size() const { return list.tokens.size(); }
    uint32_t line(size_t token) const { return static_cast<uint32_t>(lines.at(list.tokens[token].begin).line); }
    // The token behind a statement that begins here.
    size_t end_of_statement(size_t at) const {
        if (at >= size()) return at;
        if (list.is(at, "{")) return list.tokens[at].match + size_t{1};
        if ((list.is(at, "for") || list.is(at, "while") || list.is(at, "if")) && list.is(at + 1, "("))
            return end_of_statement(list.tokens[at + 1].match + size_t{1});
        while (at < size() && !list.is(at, ";")) {
            const uint32_t match = list.tokens[at].match;
            at = match != cpp_text::kNoMatch && match > at ? match + size_t{1} : at + 1;
        }
        return at + 1;
    }
    // The number in the parentheses behind a call's name, with or without template arguments.
    std::optional<uint32_t> sole_number(size_t call) const {
        size_t at = call + 1;
        if (list.is(at, "<"))
            while (at < size() && !list.is(at, "(") && !list.is(at, ";")) ++at;
        if (!list.is(at, "(") || !list.is(at + 2, ")")) return std::nullopt;
        const std::string_view digits = list.spelling(at + 1);
        uint32_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{}) return std::nullopt;
        return value;
    }
};

}  // namespace

std::vector<LoopText> loops_around(const std::string& file, uint32_t line) {
    const KernelText k(file);
    std::vector<LoopText> found;
    for (size_t i = 0; i + 1 < k.size(); ++i) {
        if (!(k.list.is(i, "for") || k.list.is(i, "while")) || !k.list.is(i + 1, "(")) continue;
        const uint32_t close = k.list.tokens[i + 1].match;
        if (close == cpp_text::kNoMatch) continue;
        const size_t end = std::min(k.end_of_statement(close + size_t{1}), k.size());
        if (end == 0 || k.line(i) > line || k.line(end - 1) < line) continue;
        LoopText loop{.line = k.line(i), .names = {}};
        for (size_t j = i + 2; j < close; ++j)
            if (k.list.is_identifier(j)) loop.names.emplace_back(k.list.spelling(j));
        found.insert(found.begin(), std::move(loop));
    }
    return found;
}

std::vector<NamedArg> arguments_in(const std::string& file) {
    const KernelText k(file);
    std::vector<NamedArg> found;
    for (size_t i = 0; i < k.size(); ++i) {
        if (!k.list.is(i, "get_arg_val")) continue;
        const std::optional<uint32_t> index = k.sole_number(i);
        if (!index) continue;
        size_t at = i;
        while (at > 0 && !k.list.is(at, "=") && !k.list.is(at, ";") && !k.list.is(at, "{") && !k.list.is(at, "}")) --at;
        const bool named = at > 0 && k.list.is(at, "=") && k.list.is_identifier(at - 1);
        found.push_back({*index, k.line(i), named ? std::string(k.list.spelling(at - 1)) : std::string()});
    }
    return found;
}

uint32_t line_of_semaphore(const std::string& file, uint32_t id) {
    const KernelText k(file);
    for (size_t i = 0; i < k.size(); ++i)
        if (k.list.is(i, "get_semaphore") && k.sole_number(i) == id) return k.line(i);
    return 0;
}

}  // namespace tw::diagnose
