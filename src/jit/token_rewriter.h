// What the parts of rewriting share: the tokens of a text, and the edits made to it.
#pragma once

#include "cpp_text/lexer.h"
#include "jit/rewrite.h"

#include <array>
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace tw::jit {

using PointerNames = std::set<std::string, std::less<>>;

// Edits at one offset: what closes something comes before what opens something.
enum EditOrder : uint8_t { kClose, kTick, kOpen };

template <size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

class TokenRewriter {
public:
    TokenRewriter(const cpp_text::TokenList& tokens, Scan& out) : t_(tokens), out_(out) {}

protected:
    void edit(size_t offset, size_t length, EditOrder order, std::string insert) {
        out_.edits.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(length), order, std::move(insert)});
    }

    size_t match(size_t i) const { return t_.tokens[i].match == cpp_text::kNoMatch ? 0 : t_.tokens[i].match; }
    bool adjacent(size_t i) const { return i > 0 && t_.tokens[i - 1].end == t_.tokens[i].begin; }

    const cpp_text::TokenList& t_;
    Scan& out_;
};

}  // namespace tw::jit
