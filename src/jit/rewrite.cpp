#include "jit/rewrite.h"

#include "jit/rewrite_casts.h"
#include "jit/rewrite_entries.h"
#include "jit/rewrite_loops.h"
#include "jit/token_rewriter.h"

namespace tw::jit {

using namespace cpp_text;

namespace {

class Scanner : TokenRewriter {
public:
    Scanner(const TokenList& tokens, Scan& out, const PointerNames& pointer_names)
        : TokenRewriter(tokens, out), casts_(tokens, out, pointer_names), loops_(tokens, out), entries_(tokens, out) {}

    void run() {
        for (size_t i = 0; i < t_.tokens.size(); i++) {
            const Token& token = t_.tokens[i];
            if (token.kind == TokenKind::Punctuation && t_.is(i, "(") && token.match != kNoMatch) {
                casts_.at_parenthesis(i);
            } else if (token.kind == TokenKind::Identifier) {
                word(i);
            }
        }
    }

private:
    void word(size_t i) {
        const std::string_view w = t_.spelling(i);
        if (w == "reinterpret_cast") {
            casts_.at_reinterpret_cast(i);
        } else if (w == "while" && t_.is(i + 1, "(")) {
            loops_.tick_while(i + 1);
        } else if (w == "for" && t_.is(i + 1, "(")) {
            loops_.tick_for(i + 1);
        } else if (w == "asm" || w == "__asm__") {
            chip_assembly(i + 1);
        } else if (w == "TT_KERNEL") {
            entries_.entry(i + 1);
        } else if (w == "kernel_main") {
            out_.has_kernel_main = true;
        } else if (w == "MAIN" && i > 0 && t_.is(i - 1, "void")) {
            out_.has_legacy_main = true;
        } else if (t_.is(i + 1, "(")) {
            casts_.at_call(i);
        }
    }

    // asm volatile("fence" ::: "memory"): the one instruction of the chip that kernels write by hand. What remains of it
    // here is what it tells the compiler; the host keeps the order of memory accesses that it asks for.
    void chip_assembly(size_t i) {
        while (t_.is(i, "volatile") || t_.is(i, "__volatile__")) i++;
        if (t_.is(i, "(") && t_.is_string(i + 1) && t_.spelling(i + 1).substr(0, 6) == "\"fence") {
            edit(t_.tokens[i + 1].begin, t_.spelling(i + 1).size(), kOpen, "\"\"");
        }
    }

    CastRewriter casts_;
    LoopRewriter loops_;
    EntryFinder entries_;
};

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
    PointerNames pointer_names;
    collect_pointer_names(whole, pointer_names);
    std::vector<TokenList> bodies;
    for (const Token& token : whole.tokens) {
        if (token.kind != TokenKind::Directive) continue;
        if (const size_t body = read_directive(text, token, out)) bodies.push_back(tokenize(text, body, token.end, true));
    }
    Scanner(whole, out, pointer_names).run();
    for (const TokenList& body : bodies) {
        Scan inner;
        Scanner(body, inner, pointer_names).run();
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
    const PointerNames no_names;
    const TokenList tokens = tokenize(text, 0, text.size(), true);
    Scanner(tokens, out, no_names).run();
    return apply_edits(text, std::move(out.edits));
}

}  // namespace tw::jit
