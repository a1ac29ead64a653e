#include "jit/rewrite_casts.h"

namespace tw::jit {

using namespace cpp_text;

namespace {

// Words that make up the integer types in which kernels keep addresses. Narrower ones hold none.
constexpr std::array<std::string_view, 17> kAddressWords = {
    "uint32_t", "int32_t", "uint64_t", "int64_t", "uintptr_t", "intptr_t", "size_t", "ptrdiff_t", "uint",
    "unsigned", "signed",  "int",      "long",    "std",       "::",       "const",  "volatile"};
constexpr std::array<std::string_view, 12> kPlainTypes = {"void",   "bool",    "float",   "double",   "char", "short",
                                                          "int8_t", "uint8_t", "int16_t", "uint16_t", "auto", "class"};
constexpr std::array<std::string_view, 7> kPointerSuffixes = {
    "*", "const", "volatile", "__restrict", "__restrict__", "tt_l1_ptr", "tt_reg_ptr"};
// Keywords after which a parenthesis opens an expression.
constexpr std::array<std::string_view, 14> kBeforeExpression = {"return",    "case",     "else",  "do",   "throw",
                                                                "co_return", "co_yield", "and",   "or",   "not",
                                                                "xor",       "bitand",   "bitor", "compl"};
// Words after a closing parenthesis that are no operand: what is in front was no cast.
constexpr std::array<std::string_view, 26> kNoOperand = {
    "const",  "volatile", "noexcept", "override", "final",  "mutable", "requires", "and",          "or",
    "xor",    "and_eq",   "or_eq",    "xor_eq",   "not_eq", "bitand",  "bitor",    "constexpr",    "consteval",
    "static", "else",     "try",      "if",       "for",    "while",   "return",   "__attribute__"};
constexpr std::array<std::string_view, 11> kPrefixOperators = {"&",  "*",  "+",   "-",     "!",       "~",
                                                               "++", "--", "not", "compl", "co_await"};
constexpr std::array<std::string_view, 7> kCastKeywords = {
    "reinterpret_cast", "static_cast", "const_cast", "dynamic_cast", "get_arg_val", "get_common_arg_val", "bit_cast"};

}  // namespace

void CastRewriter::at_parenthesis(size_t i) {
    if (classify(i) == Cast::Rewritten) rewrite_cast(i);
}

void CastRewriter::at_reinterpret_cast(size_t i) {
    edit(t_.tokens[i].begin, t_.spelling(i).size(), kOpen, "::tw::l1_reinterpret_cast");
}

// Is the parenthesis at i a cast?
CastRewriter::Cast CastRewriter::classify(size_t i) const {
    const size_t close = match(i);
    if (close <= i + 1 || !starts_operand(close + 1)) return Cast::None;
    if (i > 0) {
        const std::string_view before = t_.spelling(i - 1);
        if (t_.is_identifier(i - 1) && !one_of(before, kBeforeExpression)) return Cast::None;
        if (before == ">" && adjacent(i)) return Cast::None;  // f<int>(T*)
        if (before == "]" && i >= 2 && t_.is(i - 2, "[")) return Cast::None;
    }
    return classify_type(i + 1, close);
}

// Do the tokens [begin, end) name a type, and one that matters?
CastRewriter::Cast CastRewriter::classify_type(size_t begin, size_t end) const {
    bool address_words = true;
    for (size_t i = begin; i < end; i++) address_words &= one_of(t_.spelling(i), kAddressWords);
    if (address_words) return is_literal(end + 1) ? Cast::Foreign : Cast::Rewritten;

    size_t last = end;
    bool star = false;
    while (last > begin && one_of(t_.spelling(last - 1), kPointerSuffixes)) star |= t_.is(--last, "*");
    if (star) return last > begin && is_type(begin, last) ? Cast::Rewritten : Cast::None;

    // A plain name in parentheses: a cast if an operand follows that cannot continue an expression.
    if (!is_type(begin, end)) return Cast::None;
    const bool plain = end - begin == 1 && one_of(t_.spelling(begin), kPlainTypes);
    const bool known = end - begin == 1 && pointer_names_.count(t_.spelling(begin));
    const bool operand_is_name = t_.is_identifier(end + 1) || t_.tokens[end + 1].kind == TokenKind::Number;
    if (plain) return Cast::Foreign;
    if (known) return Cast::Rewritten;
    return operand_is_name ? Cast::Rewritten : Cast::None;
}

// Names, qualifiers and template argument lists: no operators, no calls.
bool CastRewriter::is_type(size_t begin, size_t end) const {
    if (!t_.is_identifier(begin) && !t_.is(begin, "::")) return false;
    int depth = 0;
    for (size_t i = begin; i < end; i++) {
        const std::string_view w = t_.spelling(i);
        if (w == "<") {
            depth++;
        } else if (w == ">") {
            if (--depth < 0) return false;
        } else if ((w == "decltype" || w == "__typeof__" || w == "typeof") && t_.is(i + 1, "(") && match(i + 1)) {
            i = match(i + 1);
        } else if (!t_.is_identifier(i) && w != "::" && depth == 0) {
            return false;
        }
    }
    return depth == 0;
}

bool CastRewriter::is_literal(size_t i) const {
    return i < t_.tokens.size() && t_.tokens[i].kind == TokenKind::Number && !t_.is(i + 1, "[");
}

bool CastRewriter::starts_operand(size_t i) const {
    if (i >= t_.tokens.size()) return false;
    switch (t_.tokens[i].kind) {
        case TokenKind::Identifier: return !one_of(t_.spelling(i), kNoOperand);
        case TokenKind::Number:
        case TokenKind::String: return true;
        case TokenKind::Punctuation: return t_.is(i, "(") || t_.is(i, "::") || one_of(t_.spelling(i), kPrefixOperators);
        case TokenKind::Directive: return false;
    }
    return false;
}

void CastRewriter::rewrite_cast(size_t i) {
    const size_t close = match(i);
    const size_t end = end_of_operand(close + 1);
    if (end <= close + 1) return;
    edit(t_.tokens[i].begin, 1, kOpen, "::tw::c_cast<");
    edit(t_.tokens[close].begin, 1, kOpen, ">(");
    edit(t_.tokens[end - 1].end, 0, kClose, ")");
}

// Name(x), where Name is an address type or a pointer's other name.
void CastRewriter::at_call(size_t i) {
    const std::string_view name = t_.spelling(i);
    const bool pointer = pointer_names_.count(name) != 0;
    if (!pointer && name != "uint32_t" && name != "uintptr_t" && name != "uint64_t") return;
    const size_t close = match(i + 1);
    if (close <= i + 2) return;
    // In front of a declarator's parenthesis stands no operator: uint32_t (*f)(int); and f(uint32_t (&array)[4]) ...
    const std::string_view before = i > 0 ? t_.spelling(i - 1) : ";";
    constexpr std::array<std::string_view, 25> kOperators = {
        "=", "(", ",", "+",  "-",  "*",  "/",  "%",  "&",  "|",  "^",  "<<",    "?",
        ":", "[", "{", "==", "!=", "<=", ">=", "+=", "-=", "&&", "||", "return"};
    // At a statement's start P(x)[0] = 1 is taken for the cast that it would be in all kernels seen.
    const bool starts_statement = before == ";" || before == "{" || before == "}" || before == ")";
    const bool used_as_pointer = pointer && starts_statement && (t_.is(close + 1, "[") || t_.is(close + 1, "->"));
    if (!one_of(before, kOperators) && !used_as_pointer) return;
    // ... and inside of it a pointer, a reference or another type.
    if (t_.is(i + 2, "*") || (t_.is(i + 2, "&") && (t_.is(close + 1, "[") || t_.is(close + 1, "(")))) return;
    const bool holds_type = classify_all_address_words(i + 2, close);
    if (holds_type || is_literal_only(i + 2, close)) return;
    edit(t_.tokens[i].begin, 0, kOpen, "::tw::c_cast<");
    edit(t_.tokens[i].end, 0, kClose, ">");
}

bool CastRewriter::classify_all_address_words(size_t begin, size_t end) const {
    for (size_t i = begin; i < end; i++) {
        if (!one_of(t_.spelling(i), kAddressWords) && !one_of(t_.spelling(i), kPlainTypes)) return false;
    }
    return true;
}

bool CastRewriter::is_literal_only(size_t begin, size_t end) const {
    return end == begin + 1 && t_.tokens[begin].kind == TokenKind::Number;
}

size_t CastRewriter::end_of_operand(size_t i) const {
    while (i < t_.tokens.size() && one_of(t_.spelling(i), kPrefixOperators)) i++;
    if (i >= t_.tokens.size()) return 0;
    if ((t_.is(i, "sizeof") || t_.is(i, "alignof")) && !t_.is(i + 1, "(")) return end_of_operand(i + 1);
    if (t_.is(i, "(")) {
        if (!match(i)) return 0;
        if (classify(i) != Cast::None) return end_of_operand(match(i) + 1);
        return end_of_postfix(match(i) + 1);
    }
    if (t_.tokens[i].kind == TokenKind::Number) return end_of_postfix(i + 1);
    if (t_.is_string(i)) {
        while (t_.is_string(i)) i++;
        return end_of_postfix(i);
    }
    if (t_.is(i, "[")) return end_of_lambda(i);
    const size_t name = end_of_name(i);
    return name ? end_of_postfix(name) : 0;
}

// a::b<c>::d, also int(..), unsigned int(..)
size_t CastRewriter::end_of_name(size_t i) const {
    if (t_.is(i, "::")) i++;
    for (;;) {
        if (t_.is(i, "template") || t_.is(i, "~")) i++;
        if (!t_.is_identifier(i)) return 0;
        if (t_.is(i, "operator")) return 0;
        i++;
        if (t_.is(i, "<")) {
            if (const size_t end = end_of_template_list(i)) i = end;
        }
        if (!t_.is(i, "::")) break;
        i++;
    }
    if (t_.is(i, "{") && match(i) && adjacent(i)) i = match(i) + 1;  // T{..}
    return i;
}

// `a < b` is written with spaces, `f<b>` without: no name look-up can help us here.
size_t CastRewriter::end_of_template_list(size_t open) const {
    if (!adjacent(open) && !one_of(t_.spelling(open - 1), kCastKeywords)) return 0;
    int depth = 0;
    for (size_t i = open; i < t_.tokens.size(); i++) {
        const std::string_view w = t_.spelling(i);
        if (t_.tokens[i].kind == TokenKind::Directive || w == ";" || w == ")" || w == "]" || w == "}" || w == "=") return 0;
        if (w == "(" || w == "[" || w == "{") {
            if (!match(i)) return 0;
            i = match(i);
        } else if (w == "<") {
            depth++;
        } else if (w == ">" && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

size_t CastRewriter::end_of_postfix(size_t i) const {
    for (;;) {
        if ((t_.is(i, "(") || t_.is(i, "[")) && match(i)) {
            i = match(i) + 1;
        } else if (t_.is(i, ".") || t_.is(i, "->")) {
            const size_t name = end_of_name(i + 1);
            if (!name) return i;
            i = name;
        } else if (t_.is(i, "++") || t_.is(i, "--")) {
            i++;
        } else {
            return i;
        }
    }
}

size_t CastRewriter::end_of_lambda(size_t i) const {
    if (!match(i)) return 0;
    i = match(i) + 1;
    while (i < t_.tokens.size() && !t_.is(i, "{") && !t_.is(i, ";")) i = t_.is(i, "(") && match(i) ? match(i) + 1 : i + 1;
    return t_.is(i, "{") && match(i) ? end_of_postfix(match(i) + 1) : 0;
}

// using P = volatile uint32_t*;  typedef volatile uint32_t* P;
void collect_pointer_names(const TokenList& t, PointerNames& names) {
    for (size_t i = 0; i + 2 < t.tokens.size(); i++) {
        const bool is_using = t.is(i, "using") && t.is_identifier(i + 1) && t.is(i + 2, "=");
        if (!is_using && !t.is(i, "typedef")) continue;
        size_t end = i + 1;
        while (end < t.tokens.size() && !t.is(end, ";") && !t.is(end, "{") && !t.is(end, "(")) end++;
        if (!t.is(end, ";")) continue;
        const size_t name = is_using ? i + 1 : end - 1;
        if (t.is(is_using ? end - 1 : end - 2, "*")) names.emplace(t.spelling(name));
    }
}

}  // namespace tw::jit
