#include "tileir/tokens.h"

#include "tileir/text.h"

#include <fmt/format.h>

namespace tw::tileir {

ParseError::ParseError(int at, const std::string& message)
    : std::runtime_error(fmt::format("line {}: {}", at, message)), line(at) {}

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    int line = 1;
    size_t i = 0;
    const auto at = [&](size_t k) { return k < text.size() ? text[k] : '\0'; };
    const auto word = [&](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    while (i < text.size()) {
        const char c = text[i];
        const size_t begin = i;
        if (c == '\n') {
            ++line;
            ++i;
            continue;
        }
        if (std::isspace(static_cast<unsigned char>(c))) {
            ++i;
            continue;
        }
        if (c == '#') {
            while (i < text.size() && text[i] != '\n') ++i;
            continue;
        }
        if (c == '"') {
            ++i;
            while (i < text.size() && text[i] != '"' && text[i] != '\n') ++i;
            if (at(i) != '"') throw ParseError(line, "a string without its end");
            ++i;
        } else if (std::isdigit(static_cast<unsigned char>(c))) {
            while (word(at(i)) || (at(i) == '.' && at(i + 1) != '.') ||
                   ((at(i) == '-' || at(i) == '+') && (text[i - 1] == 'e' || text[i - 1] == 'E'))) {
                ++i;
            }
        } else if (word(c)) {
            while (word(at(i)) || (at(i) == '.' && std::isalpha(static_cast<unsigned char>(at(i + 1))))) ++i;
        } else {
            static constexpr std::string_view kTwo[] = {"<-", "->", "+=", "..", "=="};
            i += 1;
            for (const std::string_view two : kTwo) {
                if (text.substr(begin, 2) == two) i = begin + 2;
            }
        }
        tokens.push_back({std::string(text.substr(begin, i - begin)), line});
    }
    tokens.push_back({"", line});
    return tokens;
}

}  // namespace tw::tileir
