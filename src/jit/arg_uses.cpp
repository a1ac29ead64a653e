#include "jit/arg_uses.h"

#include "cpp_text/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tw::jit {
namespace {

// Ways to arguments that have no index in the text.
constexpr std::array<std::string_view, 6> kOtherWays = {"get_arg_addr", "get_arg",        "rt_args",
                                                        "rta_l1_base",  "get_arg_val_or", "TT_KERNEL"};

// A sum of numbers in parentheses that begin here.
std::optional<uint32_t> sum_at(const cpp_text::TokenList& list, size_t open) {
    if (!list.is(open, "(") || list.tokens[open].match == cpp_text::kNoMatch) return std::nullopt;
    uint32_t sum = 0;
    for (size_t at = open + 1;; at += 2) {
        const std::string_view digits = list.spelling(at);
        uint32_t number = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error != std::errc() || (end != digits.data() + digits.size() && *end != 'u' && *end != 'U'))
            return std::nullopt;
        sum += number;
        if (list.is(at + 1, ")")) return sum;
        if (!list.is(at + 1, "+")) return std::nullopt;
    }
}

// `x` of `const auto x = f(get_arg_val<uint32_t>(0));`
std::string variable_of(const cpp_text::TokenList& list, size_t call) {
    for (size_t at = call; at > 0; --at) {
        if (list.is(at, ";") || list.is(at, "{") || list.is(at, "}")) break;
        if (list.is(at, "=") && list.is_identifier(at - 1)) return std::string(list.spelling(at - 1));
    }
    return {};
}

}  // namespace

ArgUses arg_uses(std::string_view text) {
    ArgUses uses;
    const cpp_text::TokenList list = cpp_text::tokenize(text, 0, text.size());
    const cpp_text::Lines lines(text);
    std::vector<uint32_t> scopes = {0};
    uint32_t opened = 0;
    for (size_t i = 0; i < list.tokens.size(); ++i) {
        if (list.is(i, "{")) scopes.push_back(++opened);
        if (list.is(i, "}") && scopes.size() > 1) scopes.pop_back();
        const std::string_view word = list.spelling(i);
        if (list.tokens[i].kind == cpp_text::TokenKind::Directive) {
            uses.by_numbers &= word.find("get_arg") == std::string_view::npos;
            continue;
        }
        if (!list.is_identifier(i)) continue;
        const bool by_name = word == "args" && list.is(i + 1, "::");  // args::first
        uses.by_numbers &= !by_name && std::ranges::find(kOtherWays, word) == kOtherWays.end();
        if (word != "get_arg_val") continue;
        size_t at = i + 1;
        if (list.is(at, "<"))
            while (at < list.tokens.size() && !list.is(at, ">")) ++at;
        at += list.is(at, ">");
        const std::optional<uint32_t> index = sum_at(list, at);
        uses.by_numbers &= index.has_value();
        if (!index) continue;
        uses.count = std::max(uses.count, *index + 1);
        uses.reads.push_back({.index = *index,
                              .line = static_cast<uint32_t>(lines.at(list.tokens[i].begin).line),
                              .scope = scopes.back(),
                              .name = variable_of(list, i),
                              .file = {}});
    }
    return uses;
}

}  // namespace tw::jit
