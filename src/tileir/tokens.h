// The words of a tile program's text.
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace tw::tileir {

struct Token {
    std::string text;  // empty at the end
    int line = 0;
    bool is_name() const { return !text.empty() && (std::isalpha(static_cast<unsigned char>(text[0])) || text[0] == '_'); }
    bool is_number() const { return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])); }
};

// Names may hold dots ("reduce.sum.row"), unless two follow one another. The last token is empty. Raises ParseError.
std::vector<Token> tokens_of(std::string_view text);

}  // namespace tw::tileir
