#include "jit/allow_comments.h"

#include "cpp_text/lexer.h"

namespace tw::jit {
namespace {

constexpr std::string_view kMark = "tilewright:";
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// The codes of "allow(a, b)"; none where it is something else.
std::vector<std::string> codes_of(std::string_view text) {
    constexpr std::string_view kWord = "allow";
    if (text.substr(0, kWord.size()) != kWord) return {};
    text = trimmed(text.substr(kWord.size()));
    const size_t end = text.find(')');
    if (text.empty() || text.front() != '(' || end == std::string_view::npos) return {};
    std::vector<std::string> codes;
    text = text.substr(1, end - 1);
    while (!text.empty()) {
        const size_t comma = std::min(text.find(','), text.size());
        if (const std::string_view code = trimmed(text.substr(0, comma)); !code.empty()) codes.emplace_back(code);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return codes;
}

}  // namespace

std::vector<AllowComment> allow_comments(std::string_view text) {
    std::vector<AllowComment> out;
    if (text.find(kMark) == std::string_view::npos) return out;
    const cpp_text::TokenList list = cpp_text::tokenize(text, 0, text.size());
    const cpp_text::Lines lines(text);
    for (const cpp_text::Extent& comment : list.comments) {
        std::string_view words = text.substr(comment.begin, comment.end - comment.begin);
        const size_t mark = words.find(kMark);
        // Prose may speak of it: only what begins with it is meant for us.
        if (mark == std::string_view::npos || words.find_first_not_of("/*! \t") != mark) continue;
        out.push_back(
            {static_cast<uint32_t>(lines.at(comment.begin).line), codes_of(trimmed(words.substr(mark + kMark.size())))});
    }
    return out;
}

}  // namespace tw::jit
