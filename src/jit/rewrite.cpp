#include "jit/rewrite.h"

#include "cpp_text/lexer.h"

#include <algorithm>
#include <array>
#include <set>

namespace tw::jit {

using namespace cpp_text;

namespace {

enum class Cast : uint8_t { None, Foreign, Rewritten };  // Foreign: a cast, but not one of ours

// Edits at one offset: what closes something comes before what opens something.
enum Order : uint8_t { kClose, kTick, kOpen };

template <size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

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

class Scanner {
public:
    Scanner(TokenList list, Scan& out, const std::set<std::string, std::less<>>& pointer_names)
        : t_(std::move(list)), out_(out), pointer_names_(pointer_names) {}

    void run() {
        for (size_t i = 0; i < t_.tokens.size(); i++) {
            const Token& token = t_.tokens[i];
            if (token.kind == TokenKind::Punctuation && t_.is(i, "(") && token.match != kNoMatch) {
                if (classify(i) == Cast::Rewritten) rewrite_cast(i);
            } else if (token.kind == TokenKind::Identifier) {
                word(i);
            }
        }
    }

private:
    void word(size_t i) {
        const std::string_view w = t_.spelling(i);
        if (w == "reinterpret_cast") {
            edit(t_.tokens[i].begin, w.size(), kOpen, "::tw::l1_reinterpret_cast");
        } else if (w == "while" && t_.is(i + 1, "(")) {
            tick_while(i + 1);
        } else if (w == "for" && t_.is(i + 1, "(")) {
            tick_for(i + 1);
        } else if (w == "asm" || w == "__asm__") {
            chip_assembly(i + 1);
        } else if (w == "TT_KERNEL") {
            entry(i + 1);
        } else if (w == "kernel_main") {
            out_.has_kernel_main = true;
        } else if (w == "MAIN" && i > 0 && t_.is(i - 1, "void")) {
            out_.has_legacy_main = true;
        } else if (t_.is(i + 1, "(")) {
            functional_cast(i);
        }
    }

    void edit(size_t offset, size_t length, Order order, std::string insert) {
        out_.edits.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(length), order, std::move(insert)});
    }

    size_t match(size_t i) const { return t_.tokens[i].match == kNoMatch ? 0 : t_.tokens[i].match; }
    bool adjacent(size_t i) const { return i > 0 && t_.tokens[i - 1].end == t_.tokens[i].begin; }

    // ------------------------------------------------------------ casts

    // Is the parenthesis at i a cast?
    Cast classify(size_t i) const {
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
    Cast classify_type(size_t begin, size_t end) const {
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
    bool is_type(size_t begin, size_t end) const {
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

    bool is_literal(size_t i) const {
        return i < t_.tokens.size() && t_.tokens[i].kind == TokenKind::Number && !t_.is(i + 1, "[");
    }

    bool starts_operand(size_t i) const {
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

    void rewrite_cast(size_t i) {
        const size_t close = match(i);
        const size_t end = end_of_operand(close + 1);
        if (end <= close + 1) return;
        edit(t_.tokens[i].begin, 1, kOpen, "::tw::c_cast<");
        edit(t_.tokens[close].begin, 1, kOpen, ">(");
        edit(t_.tokens[end - 1].end, 0, kClose, ")");
    }

    // Name(x), where Name is an address type or a pointer's other name.
    void functional_cast(size_t i) {
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

    bool classify_all_address_words(size_t begin, size_t end) const {
        for (size_t i = begin; i < end; i++) {
            if (!one_of(t_.spelling(i), kAddressWords) && !one_of(t_.spelling(i), kPlainTypes)) return false;
        }
        return true;
    }

    bool is_literal_only(size_t begin, size_t end) const {
        return end == begin + 1 && t_.tokens[begin].kind == TokenKind::Number;
    }

    // ------------------------------------------------------------ operands: each returns the index past the end, 0 if lost

    size_t end_of_operand(size_t i) const {
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
    size_t end_of_name(size_t i) const {
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
    size_t end_of_template_list(size_t open) const {
        if (!adjacent(open) && !one_of(t_.spelling(open - 1), kCastKeywords)) return 0;
        int depth = 0;
        for (size_t i = open; i < t_.tokens.size(); i++) {
            const std::string_view w = t_.spelling(i);
            if (t_.tokens[i].kind == TokenKind::Directive || w == ";" || w == ")" || w == "]" || w == "}" || w == "=")
                return 0;
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

    size_t end_of_postfix(size_t i) const {
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

    size_t end_of_lambda(size_t i) const {
        if (!match(i)) return 0;
        i = match(i) + 1;
        while (i < t_.tokens.size() && !t_.is(i, "{") && !t_.is(i, ";"))
            i = t_.is(i, "(") && match(i) ? match(i) + 1 : i + 1;
        return t_.is(i, "{") && match(i) ? end_of_postfix(match(i) + 1) : 0;
    }

    // ------------------------------------------------------------ loops

    void tick_while(size_t open) {
        const size_t close = match(open);
        if (close <= open + 1) return;
        const std::string_view only = close == open + 2 ? t_.spelling(open + 1) : std::string_view();
        if (only == "0" || only == "false" || declares(open + 1, close)) return;
        if (only == "1" || only == "true") {
            // An endless loop must remain one to the compiler, which else misses a return after it: the tick goes inside.
            const size_t before = open - 2;  // the } of do {..} while (true)
            if (open >= 2 && t_.is(before, "}") && match(before) > 0 && t_.is(match(before) - 1, "do"))
                return tick_inside(match(before));
            if (t_.is(close + 1, "{")) return tick_inside(close + 1);
        }
        add_tick(t_.tokens[open].end, t_.tokens[close].begin, false);
    }

    // Only for loops without a body or without a step: the others count something and end.
    void tick_for(size_t open) {
        const size_t close = match(open);
        if (!close) return;
        size_t first = 0, second = 0;
        for (size_t i = open + 1; i < close; i++) {
            if ((t_.is(i, "(") || t_.is(i, "[") || t_.is(i, "{")) && match(i)) {
                i = match(i);
            } else if (t_.is(i, ";")) {
                (first ? second : first) = i;
            }
        }
        if (!second) return;
        const bool no_body = t_.is(close + 1, ";") || (t_.is(close + 1, "{") && match(close + 1) == close + 2);
        const bool no_step = second + 1 == close, no_condition = first + 1 == second;
        if (!(no_body || no_step || no_condition) || declares(first + 1, second)) return;
        if (no_condition && t_.is(close + 1, "{")) return tick_inside(close + 1);
        add_tick(t_.tokens[first].end, t_.tokens[second].begin, no_condition);
    }

    void tick_inside(size_t brace) { edit(t_.tokens[brace].end, 0, kTick, " TW_LOOP_TICK;"); }

    void add_tick(size_t begin, size_t end, bool no_condition) {
        edit(begin, 0, kTick, no_condition ? " TW_LOOP_TICK" : "TW_LOOP_TICK && (");
        if (!no_condition) edit(end, 0, kClose, ")");
    }

    // while (auto* p = next()): a declaration cannot stand in an expression.
    bool declares(size_t begin, size_t end) const {
        for (size_t i = begin; i < end; i++) {
            if (t_.is(i, "(") && match(i)) {
                i = match(i);
            } else if (t_.is(i, "=") && i >= begin + 2 && t_.is_identifier(i - 1)) {
                const std::string_view before = t_.spelling(i - 2);
                return t_.is_identifier(i - 2) || before == ">" || ((before == "*" || before == "&") && i >= begin + 3);
            }
        }
        return false;
    }

    // asm volatile("fence" ::: "memory"): the one instruction of the chip that kernels write by hand. What remains of it
    // here is what it tells the compiler; the host keeps the order of memory accesses that it asks for.
    void chip_assembly(size_t i) {
        while (t_.is(i, "volatile") || t_.is(i, "__volatile__")) i++;
        if (t_.is(i, "(") && t_.is_string(i + 1) && t_.spelling(i + 1).substr(0, 6) == "\"fence") {
            edit(t_.tokens[i + 1].begin, t_.spelling(i + 1).size(), kOpen, "\"\"");
        }
    }

    // ------------------------------------------------------------ TT_KERNEL

    // [template <uint32_t A, ..>] TT_KERNEL void name(uint32_t a, ..) {
    void entry(size_t i) {
        const size_t marker = i - 1;
        while (t_.is_identifier(i) && !t_.is(i + 1, "(")) i++;
        if (!t_.is_identifier(i) || !t_.is(i + 1, "(") || !match(i + 1)) return;
        NamedEntry found;
        found.function = t_.spelling(i);
        found.parameters = parameter_names(i + 2, match(i + 1));
        if (marker > 0 && t_.is(marker - 1, ">")) {
            size_t open = marker - 1;
            for (int depth = 0;; open--) {
                if (t_.is(open, ">")) depth++;
                if (t_.is(open, "<") && --depth == 0) break;
                if (open == 0) return;
            }
            found.template_parameters = parameter_names(open + 1, marker - 1);
        }
        out_.entries.push_back(std::move(found));
    }

    std::vector<std::string> parameter_names(size_t begin, size_t end) const {
        std::vector<std::string> names;
        std::string_view last;
        bool in_default = false;
        for (size_t i = begin; i <= end; i++) {
            if (i == end || t_.is(i, ",")) {
                if (!last.empty() && last != "void") names.emplace_back(last);
                last = {};
                in_default = false;
            } else if ((t_.is(i, "(") || t_.is(i, "{") || t_.is(i, "[")) && match(i)) {
                i = match(i);
            } else if (t_.is(i, "=")) {
                in_default = true;
            } else if (t_.is_identifier(i) && !in_default) {
                last = t_.spelling(i);
            }
        }
        return names;
    }

    TokenList t_;
    Scan& out_;
    const std::set<std::string, std::less<>>& pointer_names_;
};

// using P = volatile uint32_t*;  typedef volatile uint32_t* P;
void collect_pointer_names(const TokenList& t, std::set<std::string, std::less<>>& names) {
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

// The parts of a directive that concern us: an include's name, or where a define's body begins (0: not a define).
size_t read_directive(std::string_view text, const Token& token, Scan& out) {
    size_t at = token.begin + 1;
    const auto skip_blanks = [&] {
        while (at < token.end && (text[at] == ' ' || text[at] == '\t')) at++;
    };
    skip_blanks();
    const size_t word_begin = at;
    while (at < token.end && text[at] >= 'a' && text[at] <= 'z') at++;
    const std::string_view word = text.substr(word_begin, at - word_begin);
    skip_blanks();
    if (word == "include" && at < token.end && (text[at] == '"' || text[at] == '<')) {
        const size_t close = text.find(text[at] == '"' ? '"' : '>', at + 1);
        if (close == std::string_view::npos || close >= token.end) return 0;
        out.includes.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(close + 1),
                                std::string(text.substr(at + 1, close - at - 1)), text[at] == '"'});
        return 0;
    }
    if (word != "define") return 0;
    while (at < token.end && text[at] != ' ' && text[at] != '\t' && text[at] != '(' && text[at] != '\\') at++;
    if (at < token.end && text[at] == '(') at = std::min<size_t>(text.find(')', at), token.end);
    return at;
}

}  // namespace

Scan scan_kernel_text(std::string_view text) {
    Scan out;
    TokenList whole = tokenize(text, 0, text.size());
    std::set<std::string, std::less<>> pointer_names;
    collect_pointer_names(whole, pointer_names);
    std::vector<TokenList> bodies;
    for (const Token& token : whole.tokens) {
        if (token.kind != TokenKind::Directive) continue;
        if (const size_t body = read_directive(text, token, out)) bodies.push_back(tokenize(text, body, token.end, true));
    }
    Scanner(std::move(whole), out, pointer_names).run();
    for (TokenList& body : bodies) {
        Scan inner;
        Scanner(std::move(body), inner, pointer_names).run();
        out.edits.insert(out.edits.end(), inner.edits.begin(), inner.edits.end());
        out.has_kernel_main |= inner.has_kernel_main;
    }
    sort_edits(out.edits);
    return out;
}

void sort_edits(std::vector<Edit>& edits) {
    // Edits of the same offset and order are the same parenthesis.
    std::sort(edits.begin(), edits.end(),
              [](const Edit& a, const Edit& b) { return a.offset != b.offset ? a.offset < b.offset : a.order < b.order; });
}

std::string apply_edits(std::string_view text, std::vector<Edit> edits) {
    sort_edits(edits);
    std::string out;
    out.reserve(text.size() + edits.size() * 16);
    size_t at = 0;
    for (const Edit& e : edits) {
        if (e.offset < at) continue;
        out.append(text, at, e.offset - at);
        out += e.insert;
        at = e.offset + e.length;
    }
    out.append(text, at);
    return out;
}

uint32_t original_column(std::string_view text, const std::vector<Edit>& edits, uint32_t line, uint32_t column) {
    size_t begin = 0;
    for (uint32_t i = 1; i < line; i++) {
        begin = text.find('\n', begin);
        if (begin == std::string_view::npos) return column;
        begin++;
    }
    const size_t line_end = std::min(text.find('\n', begin), text.size());
    uint32_t edited = 1;      // column in the edited line of ...
    size_t original = begin;  // ... this offset of the text
    for (const Edit& e : edits) {
        if (e.offset < begin) continue;
        if (e.offset > line_end) break;
        const uint32_t gap = static_cast<uint32_t>(e.offset - original);
        if (column < edited + gap) break;
        edited += gap;
        original = e.offset;
        if (column < edited + e.insert.size()) return static_cast<uint32_t>(original - begin) + 1;
        edited += static_cast<uint32_t>(e.insert.size());
        original += e.length;
    }
    return static_cast<uint32_t>(original - begin) + 1 + (column - edited);
}

std::string rewrite_fragment(std::string_view text) {
    Scan out;
    const std::set<std::string, std::less<>> no_names;
    Scanner(tokenize(text, 0, text.size(), true), out, no_names).run();
    return apply_edits(text, std::move(out.edits));
}

}  // namespace tw::jit
