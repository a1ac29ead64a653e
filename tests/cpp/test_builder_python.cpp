// Where emitted Python is broken into lines: what fits into 88 columns stays, else each argument has a line and a comma.
#include "builder/emit/python.h"
#include "builder/emit/template.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace tw::builder;
using tw::Json;

namespace {

std::string print(const Json& piece, size_t indent = 4, size_t behind = 0) {
    return print_python(piece, indent, indent, behind);
}

// A name of so many characters.
std::string name(size_t length) {
    return std::string(length, 'a');
}

}  // namespace

TEST_CASE("a call stays on its line as long as it fits with what stands behind it") {
    // 4 + f( + name + ) = 88
    CHECK(print(python_call("f(", {name(81)})) == "f(" + name(81) + ")");
    CHECK(print(python_call("f(", {name(82)})) == "f(\n        " + name(82) + ",\n    )");
    CHECK(print(python_call("f(", {name(81)}), 4, 1) == "f(\n        " + name(81) + ",\n    )");
}

TEST_CASE("an argument is broken only when its own line is too short") {
    const Json inner = python_call("g(", {name(40), name(34)});
    CHECK(print(python_call("f(", {inner, "b"})) ==
          "f(\n        g(" + name(40) + ", " + name(34) + "),\n        b,\n    )");
    const Json wide = python_call("g(", {name(50), name(30)});
    CHECK(print(python_call("f(", {wide})) ==
          "f(\n        g(\n            " + name(50) + ",\n            " + name(30) + ",\n        ),\n    )");
}

TEST_CASE("a table has a line for each row, and breaks what holds it") {
    CHECK(print(python_table("X = [", {"a"}, "]"), 0) == "X = [\n    a,\n]");
    CHECK(print(python_call("f(", {python_table("[", {"a"}, "]")}), 0) == "f(\n    [\n        a,\n    ],\n)");
}

TEST_CASE("a condition that is too long stands in parentheses, its body under it") {
    const Json check = python_under(python_wrapped("if ", name(82), ":"), {"pass"});
    CHECK(print(check) == "if (\n        " + name(82) + "\n    ):\n        pass");
    CHECK(print(python_under(python_wrapped("if ", "a", ":"), {"pass", "pass"})) == "if a:\n        pass\n        pass");
}

TEST_CASE("a template prints a piece where its placeholder stands") {
    const Json data = {{"call", python_call("f(", {name(70), "b"})}};
    CHECK(render("    x = {{ call }}\n", data) == "    x = f(" + name(70) + ", b)\n");
    // Two characters behind it are two too many.
    CHECK(render("        xx = {{ call }},\n", data) ==
          "        xx = f(\n            " + name(70) + ",\n            b,\n        ),\n");
}
