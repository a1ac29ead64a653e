// Kernel text as tokens: just enough of C++ to edit it safely (src/jit) and to read it for rules (src/lint). Comments,
// strings, raw strings, character literals and preprocessor lines are told apart, so that what looks like a cast inside one
// of them is left alone.
//
// Tokens point into the text. `>` always stands alone, because `>>` may close two template argument lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tw::cpp_text {

enum class TokenKind : uint8_t { Identifier, Number, String, Punctuation, Directive };

struct Token {
    TokenKind kind;
    uint32_t begin = 0, end = 0;  // offsets in the text; a Directive spans its whole logical line, without the line end
    uint32_t match = 0;           // for ( [ { and their partners: index of the other one, else kNoMatch
};

inline constexpr uint32_t kNoMatch = ~0u;

// A piece of the text that is no token.
struct Extent {
    uint32_t begin = 0, end = 0;
};

struct TokenList {
    std::string_view text;
    std::vector<Token> tokens;
    std::vector<Extent> comments;  // with their marks

    std::string_view spelling(size_t i) const {
        return i < tokens.size() ? text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin) : std::string_view{};
    }
    bool is(size_t i, std::string_view what) const { return spelling(i) == what; }
    bool is_identifier(size_t i) const { return i < tokens.size() && tokens[i].kind == TokenKind::Identifier; }
    bool is_string(size_t i) const { return i < tokens.size() && tokens[i].kind == TokenKind::String; }
};

// Tokens of text[begin, end). Inside a directive's body pass `in_directive`, then `#` is no directive but an operator.
TokenList tokenize(std::string_view text, size_t begin, size_t end, bool in_directive = false);

// Where offsets stand in a text, as people count: lines and columns from 1, columns in bytes.
struct Position {
    int line = 1, column = 1;
};

class Lines {
public:
    explicit Lines(std::string_view text);
    Position at(size_t offset) const;

private:
    std::vector<size_t> starts_;
};

}  // namespace tw::cpp_text
