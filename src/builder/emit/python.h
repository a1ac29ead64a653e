// Python text whose line breaks are not decided yet, and the one place where they are.
//
// Emitters say what there is: a call with its arguments, a statement with a body. They do not count columns: the template
// engine knows where a value stands and prints it there. Broken lines are such that ruff format leaves them alone at 88
// columns: what fits stays on one line, else each argument has a line and a comma of its own, and a long expression is
// broken before its operators.
//
// A piece of Python is JSON, because that is what templates are given: a string is text as it stands, an object is one of
// the forms below.
#pragma once

#include "base/json.h"

#include <string>
#include <vector>

namespace tw::builder {

// head(a, b) on one line, or each argument on its own; `head` and `tail` have the brackets.
Json python_call(const std::string& head, std::vector<Json> args, const std::string& tail = ")");
Json python_list(const std::string& head, std::vector<Json> items);  // head[a, b]
// The same, on one line never.
Json python_table(const std::string& head, std::vector<Json> rows, const std::string& tail = ")");
// A value that stands in parentheses when it needs a line of its own: `before`value`after`.
Json python_wrapped(const std::string& before, const std::string& value, const std::string& after = {});
// `one` where it fits, else `other`.
Json python_either(Json one, Json other);
// Statements one under the other, and a head with statements under it.
Json python_block(std::vector<Json> statements);
Json python_under(Json head, std::vector<Json> body);
Json python_import(const std::string& module, const std::vector<std::string>& names);
Json python_definition(const std::string& name, std::vector<Json> parameters, const std::string& result);

std::vector<Json> python_names(const std::vector<std::string>&);  // as arguments

// The text of a piece that starts at `column` of a line with this indentation, before `behind` more characters. Lines after
// the first are indented as the first is, and more.
std::string print_python(const Json& piece, size_t indent, size_t column, size_t behind);

std::string python_string(const std::string& text);  // a literal, in double quotes
// Prose in lines of at most `width` characters: behind `first`, then behind `rest`.
std::string wrapped(const std::string& text, const std::string& first, const std::string& rest, size_t width);

}  // namespace tw::builder
