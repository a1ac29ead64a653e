// Casts that may convert between an address and a pointer become calls of tw/address_cast.h. Which parentheses are casts,
// and where their operands end, is told from tokens alone.
#pragma once

#include "jit/token_rewriter.h"

namespace tw::jit {

class CastRewriter : TokenRewriter {
public:
    CastRewriter(const cpp_text::TokenList& tokens, Scan& out, const PointerNames& pointer_names)
        : TokenRewriter(tokens, out), pointer_names_(pointer_names) {}

    void at_parenthesis(size_t i);
    void at_reinterpret_cast(size_t i);
    void at_call(size_t i);  // a name in front of a parenthesis

private:
    enum class Cast : uint8_t { None, Foreign, Rewritten };  // Foreign: a cast, but not one of ours

    Cast classify(size_t i) const;
    Cast classify_type(size_t begin, size_t end) const;
    bool is_type(size_t begin, size_t end) const;
    bool is_literal(size_t i) const;
    bool starts_operand(size_t i) const;
    void rewrite_cast(size_t i);
    bool classify_all_address_words(size_t begin, size_t end) const;
    bool is_literal_only(size_t begin, size_t end) const;
    // Operands: each returns the index past the end, 0 if lost.
    size_t end_of_operand(size_t i) const;
    size_t end_of_name(size_t i) const;
    size_t end_of_template_list(size_t open) const;
    size_t end_of_postfix(size_t i) const;
    size_t end_of_lambda(size_t i) const;

    const PointerNames& pointer_names_;
};

// Names that a text gives to pointer types: using P = volatile uint32_t*; typedef volatile uint32_t* P;
void collect_pointer_names(const cpp_text::TokenList&, PointerNames&);

}  // namespace tw::jit
