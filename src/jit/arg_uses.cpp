#include "jit/arg_uses.h"

#include "cpp_text/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tw::jit {
namespace {

// Ways to arguments that have no index in the text.
constexpr std::array<std::string_view, 7> kOtherWays = {"get_arg_addr", "get_arg",        "args",     "rt_args",
                                                        "rta_l1_base",  "get_arg_val_or", "TT_KERNEL"};

}  // namespace

ArgUses arg_uses(std::string_view text) {
    ArgUses uses;
    const cpp_text::TokenList list = cpp_text::tokenize(text, 0, text.size());
    for (size_t i = 0; i < list.tokens.size(); ++i) {
        const std::string_view word = list.spelling(i);
        if (list.tokens[i].kind == cpp_text::TokenKind::Directive) {
            uses.by_numbers &= word.find("get_arg") == std::string_view::npos;
            continue;
        }
        if (!list.is_identifier(i)) continue;
        uses.by_numbers &= std::ranges::find(kOtherWays, word) == kOtherWays.end();
        if (word != "get_arg_val") continue;
        size_t at = i + 1;
        if (list.is(at, "<"))
            while (at < list.tokens.size() && !list.is(at, ">")) ++at;
        at += list.is(at, ">");
        uint32_t index = 0;
        const std::string_view digits = list.spelling(at + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
        const bool number = list.is(at, "(") && list.is(at + 2, ")") && error == std::errc() &&
                            (end == digits.data() + digits.size() || *end == 'u' || *end == 'U');
        uses.by_numbers &= number;
        if (number) uses.count = std::max(uses.count, index + 1);
    }
    return uses;
}

}  // namespace tw::jit
