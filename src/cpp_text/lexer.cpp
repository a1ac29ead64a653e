#include "cpp_text/lexer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace tw::cpp_text {
namespace {

bool starts_identifier(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '$' || (c & 0x80);
}
bool continues_identifier(char c) {
    return starts_identifier(c) || std::isdigit(static_cast<unsigned char>(c));
}

// Longest first. `>` is never part of a longer one except where no template list can end: -> and >=.
constexpr std::array<std::string_view, 22> kOperators = {"...", "->*", "<<=", "<=>", "::", "->", "++", "--",
                                                         "<<",  "<=",  ">=",  "==",  "!=", "&&", "||", "+=",
                                                         "-=",  "*=",  "/=",  "%=",  "&=", "|="};

class Lexer {
public:
    Lexer(std::string_view text, size_t begin, size_t end, bool in_directive)
        : text_(text.substr(0, end)), at_(begin), in_directive_(in_directive) {}

    TokenList run() {
        while (at_ < text_.size()) step();
        return {text_, std::move(tokens_), std::move(comments_)};
    }

private:
    char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void step() {
        const char c = peek();
        if (c == '\n') {
            line_start_ = true;
            at_++;
        } else if (std::isspace(static_cast<unsigned char>(c))) {
            at_++;
        } else if (c == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'))) {
            at_ += peek(1) == '\n' ? 2 : 3;  // a spliced line
        } else if (c == '/' && (peek(1) == '/' || peek(1) == '*')) {
            skip_comment();
        } else if (c == '#' && line_start_ && !in_directive_) {
            const size_t begin = at_;
            skip_directive();
            add(TokenKind::Directive, begin);
        } else {
            line_start_ = false;
            take_token(c);
        }
    }

    void take_token(char c) {
        const size_t begin = at_;
        if (starts_identifier(c)) {
            while (continues_identifier(peek())) at_++;
            const std::string_view word = text_.substr(begin, at_ - begin);
            const bool prefix = word == "L" || word == "u" || word == "U" || word == "u8" || word == "R" || word == "LR" ||
                                word == "uR" || word == "UR" || word == "u8R";
            if (prefix && peek() == '"') {
                word.back() == 'R' ? skip_raw_string() : skip_quoted('"');
                return add(TokenKind::String, begin);
            }
            if (prefix && peek() == '\'' && word.back() != 'R') {
                skip_quoted('\'');
                return add(TokenKind::Number, begin);
            }
            return add(TokenKind::Identifier, begin);
        }
        if (std::isdigit(static_cast<unsigned char>(c)) ||
            (c == '.' && std::isdigit(static_cast<unsigned char>(peek(1))))) {
            skip_number();
            return add(TokenKind::Number, begin);
        }
        if (c == '"') {
            skip_quoted('"');
            return add(TokenKind::String, begin);
        }
        if (c == '\'') {
            skip_quoted('\'');
            return add(TokenKind::Number, begin);
        }
        const std::string_view rest = text_.substr(at_);
        const auto op =
            std::find_if(kOperators.begin(), kOperators.end(), [&](auto o) { return rest.substr(0, o.size()) == o; });
        at_ += op != kOperators.end() ? op->size() : 1;
        add(TokenKind::Punctuation, begin);
    }

    void skip_comment() {
        const size_t begin = at_;
        if (peek(1) == '/') {
            while (at_ < text_.size() && peek() != '\n') at_ += peek() == '\\' && peek(1) == '\n' ? 2 : 1;
            at_ = std::min(at_, text_.size());
        } else {
            const size_t end = text_.find("*/", at_ + 2);
            at_ = end == std::string_view::npos ? text_.size() : end + 2;
        }
        comments_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)});
    }

    // To the end of the logical line; comments that span lines belong to it.
    void skip_directive() {
        while (at_ < text_.size() && peek() != '\n') {
            if (peek() == '\\' && peek(1) == '\n') {
                at_ += 2;
            } else if (peek() == '\\' && peek(1) == '\r' && peek(2) == '\n') {
                at_ += 3;
            } else if (peek() == '/' && (peek(1) == '/' || peek(1) == '*')) {
                skip_comment();
            } else if (peek() == '"') {
                skip_quoted('"');
            } else {
                at_++;
            }
        }
    }

    // An unterminated literal ends with its line: the compiler will complain, the rest of the file is still read right.
    void skip_quoted(char quote) {
        at_++;
        while (at_ < text_.size() && peek() != quote && peek() != '\n') at_ += peek() == '\\' ? 2 : 1;
        at_ = std::min(at_ + (peek() == quote), text_.size());
    }

    void skip_raw_string() {
        const size_t open = text_.find('(', at_);
        if (open == std::string_view::npos || open - at_ > 17) return skip_quoted('"');
        const std::string close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
        const size_t end = text_.find(close, open);
        at_ = end == std::string_view::npos ? text_.size() : end + close.size();
    }

    void skip_number() {
        while (continues_identifier(peek()) || peek() == '.' || (peek() == '\'' && continues_identifier(peek(1))) ||
               ((peek() == '+' || peek() == '-') &&
                std::string_view("eEpP").find(text_[at_ - 1]) != std::string_view::npos && !is_hex_without_exponent())) {
            at_++;
        }
    }

    // In 0xe+1 the plus is an operator; only p starts a hexadecimal exponent.
    bool is_hex_without_exponent() const {
        if (text_[at_ - 1] == 'p' || text_[at_ - 1] == 'P') return false;
        size_t begin = at_;
        while (begin > 0 && (continues_identifier(text_[begin - 1]) || text_[begin - 1] == '.')) begin--;
        return begin + 1 < at_ && text_[begin] == '0' && (text_[begin + 1] == 'x' || text_[begin + 1] == 'X');
    }

    void add(TokenKind kind, size_t begin) {
        Token token{kind, static_cast<uint32_t>(begin), static_cast<uint32_t>(at_), kNoMatch};
        if (kind == TokenKind::Punctuation && at_ - begin == 1) {
            const char c = text_[begin];
            const uint32_t self = static_cast<uint32_t>(tokens_.size());
            if (c == '(' || c == '[' || c == '{') {
                open_.push_back(self);
            } else if (c == ')' || c == ']' || c == '}') {
                const char partner = c == ')' ? '(' : c == ']' ? '[' : '{';
                // #if branches may leave brackets unbalanced: drop unmatched openers of other kinds on the way.
                const auto found = std::find_if(open_.rbegin(), open_.rend(),
                                                [&](uint32_t i) { return text_[tokens_[i].begin] == partner; });
                if (found != open_.rend()) {
                    token.match = *found;
                    tokens_[*found].match = self;
                    open_.erase(found.base() - 1, open_.end());
                }
            }
        }
        tokens_.push_back(token);
    }

    std::string_view text_;
    size_t at_;
    bool in_directive_;
    bool line_start_ = true;
    std::vector<Token> tokens_;
    std::vector<Extent> comments_;
    std::vector<uint32_t> open_;
};

}  // namespace

TokenList tokenize(std::string_view text, size_t begin, size_t end, bool in_directive) {
    TokenList list = Lexer(text, begin, end, in_directive).run();
    list.text = text;
    return list;
}

Lines::Lines(std::string_view text) : starts_{0} {
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') starts_.push_back(i + 1);
    }
}

Position Lines::at(size_t offset) const {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    return {static_cast<int>(after - starts_.begin()), static_cast<int>(offset - *(after - 1)) + 1};
}

}  // namespace tw::cpp_text
