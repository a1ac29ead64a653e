// The expression language as text: what stands in `math`, in shapes ("2 * W"), in rules ("H % 32 == 0").
//
// Only grammar lives here; names and shapes get their meaning in graph.h and dimension.h.
//
//   statement  = [target "="] expr            target = name [ "[" name {"," name} "]" ]
//   expr       = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
//   sum        = product {("+" | "-") product}
//   product    = unary {("*" | "/" | "%" | "@") unary}
//   unary      = "-" unary | power            power = primary ["**" unary]
//   primary    = number | string | name | name "(" args ")" | name "[" expr {"," expr} "]" | "(" expr ")"
#pragma once

#include "builder/math/problem.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::builder {

struct Syntax {
    enum class Kind { Number, Text, Name, Negate, Binary, Compare, Call, Index };
    Kind kind = Kind::Number;
    std::string name;  // Name, Call, Index; the operator of Binary and Compare; the text of Number and Text
    double number = 0;
    std::vector<Syntax> args;
    std::vector<std::string> keywords;  // Call: one per argument, "" when positional
    Where where;
    size_t begin = 0, end = 0;  // the piece of the source text, for messages and comments
};

struct Statement {
    std::string target;
    std::vector<std::string> target_index;
    Syntax value;
    Where where;
};

// `at` is where the text's first character stands in the spec; `key` names it in problems.
std::optional<Statement> parse_statement(std::string_view text, Where at, const std::string& key, std::vector<Problem>&);
std::optional<Syntax> parse_expression(std::string_view text, Where at, const std::string& key, std::vector<Problem>&);

// The value of whole numbers with `sizes` put in for names, true as 1; empty when it is about something else, or too large.
std::optional<int64_t> value_of(const Syntax&, const std::map<std::string, int64_t>& sizes);

// "> 0", ">= -1": an operator and a number, as written in `range`.
struct Bound {
    std::string op;
    double value = 0;
    std::string text;
};
std::optional<Bound> parse_bound(std::string_view text, Where at, const std::string& key, std::vector<Problem>&);

}  // namespace tw::builder
