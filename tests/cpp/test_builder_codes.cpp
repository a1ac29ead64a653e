// Each code that a spec can be refused with, provoked by a spec of its own.
#include "builder/builder.h"
#include "builder/plan/size.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

const std::string kHead = "name: op\n";
const std::string kX = kHead + "inputs:\n  x: {shape: [..., H, W]}\n";
const std::string kSharded = kHead + "inputs:\n  x: {shape: [1, 1, H, W], memory: HEIGHT_SHARDED}\n";

std::string many(const std::string& before, int count, const std::string& line, const std::string& after) {
    std::string out = before;
    for (int i = 0; i < count; ++i) {
        std::string one = line;
        for (size_t at; (at = one.find('#')) != std::string::npos;) one.replace(at, 1, std::to_string(i));
        out += one;
    }
    return out + after;
}

// Terms that differ, so that none is another's.
std::string sum_of_30() {
    std::string out;
    for (int i = 1; i <= 30; ++i) out += (i == 1 ? "" : " + ") + std::string("exp(x * ") + std::to_string(i) + ".5#)";
    return out;
}
std::string products_of_12() {
    std::string out;
    for (int i = 0; i < 12; ++i) {
        const std::string a = "a" + std::to_string(i);
        out += " * (" + a + " + " + a + " * " + a + ")";
    }
    return out;
}

struct Refused {
    const char* code;
    std::string spec;
};
const std::vector<Refused> kRefused = {
    {"argument-count", kX + "math: exp(x, 1)\n"},
    {"bad-axis", kX + "params: {d: {type: int, default: -1, choices: [-1, -5]}}\nmath: softmax(x, d)\n"},
    {"bad-default", kX + "params: {p: [1, 2]}\nmath: x * p\n"},
    {"bad-dimension", kHead + "inputs: {x: {shape: [h, W]}}\nmath: exp(x)\n"},
    {"bad-doc", kX + "doc: 'a \"\"\" b'\nmath: exp(x)\n"},
    {"bad-key", kX + "[1]: 2\nmath: exp(x)\n"},
    {"bad-name", "name: Op\ninputs: {x: }\nmath: exp(x)\n"},
    {"bad-number", kX + "math: exp(x)\ntests: {rtol: 1000}\n"},
    {"bad-rule", kX + "require: [\"H\"]\nmath: exp(x)\n"},
    {"bad-shape", kHead + "inputs: {x: {shape: [[1], W]}}\nmath: exp(x)\n"},
    {"duplicate-key", kX + "doc: a\ndoc: b\nmath: exp(x)\n"},
    {"duplicate-name", kX + "math:\n  let:\n    - a = exp(x)\n    - a = sin(x)\n  y: a\n"},
    {"impossible-unit", kX + "schedule: {unit: row}\nmath: exp(x)\n"},
    {"index-form", kX + "math: \"y[i, j] = exp(x)\"\n"},
    {"keyword-argument", kX + "math:\n  let: {a: \"leaky_relu(x, slope=0.1)\"}\n  y: a\n"},
    {"let-without-name", kX + "math:\n  let: [\"exp(x)\"]\n  y: x\n"},
    {"matmul-shape", kHead + "inputs: {x: {shape: [W]}}\nmath: x @ x\n"},
    {"missing-argument", kX + "math: sum()\n"},
    {"missing-key", kHead + "math: exp(x)\n"},
    {"mixed-memory", kSharded + "output: {memory: DRAM}\nmath: exp(x)\n"},
    {"no-test-shape", kX + "require: [\"H % 1000 == 7\"]\nmath: exp(x)\n"},
    {"not-a-map", "- 1\n"},
    {"not-a-map", kX + "math: exp(x)\ntests: {uniform: 3}\n"},
    {"not-a-map", kX + "math: exp(x)\ntests: {uniform: [1, 2]}\n"},
    {"not-a-scalar", kX + "math: leaky_relu(x, x)\n"},
    {"not-a-tensor", kX + "math: sum(1, W)\n"},
    {"not-boolean", kHead + "inputs: {x: {shape: [H, W], optional: 3}}\nmath: exp(x)\n"},
    {"not-optional", kX + "math: x * opt(x, 1)\n"},
    {"not-text", kX + "doc: [1]\nmath: exp(x)\n"},
    {"not-yaml", std::string("name: a\0b\n", 10)},
    {"optional-first", kHead + "inputs: {x: {shape: [H, W], optional: true}}\nmath: exp(opt(x, 1))\n"},
    {"optional-order", kHead + "inputs: {x: , y: {optional: true}, z: }\nmath: x * opt(y, 1) + z\n"},
    {"scalar-output", kX + "params: {p: 1.5}\nmath: p\n"},
    {"sharded-broadcast", kHead + "inputs:\n  x: {shape: [1, 1, H, W], memory: HEIGHT_SHARDED}\n"
                                  "  y: {shape: [1, 1, 1, W], memory: HEIGHT_SHARDED}\nmath: x + y\n"},
    {"sharded-optional", kHead + "inputs:\n  x: {shape: [1, 1, H, W], memory: HEIGHT_SHARDED}\n"
                                 "  y: {shape: [1, 1, H, W], memory: HEIGHT_SHARDED, optional: true}\n"
                                 "math: x * opt(y, 1)\n"},
    {"too-many-inputs", many(kHead + "inputs:\n", 9, "  x#: {shape: [H, W]}\n", "math: x0 + x1\n")},
    {"too-many-lets", many(kX + "math:\n  let:\n", 65, "    a#: exp(x)\n", "  y: a1\n")},
    {"too-many-params", many(kX + "params:\n", 33, "  p#: 1.5\n", "math: x * p0\n")},
    {"unexpected-text", kX + "math: x + \"'text'\"\n"},
    {"unimplemented-axes", kX + "math: sum(x, W) + sum(x, H)\n"},
    {"bad-value", kX + "math: exp(x)\ntests: {uniform: {x: 3}}\n"},
    {"mixed-layouts", kHead + "inputs:\n  x: {shape: [H, W]}\n  y: {shape: [H, W], layout: ROW_MAJOR}\nmath: x + y\n"},
    {"one-output", kX + "outputs: {a: exp(x)}\nmath: exp(x)\n"},
    {"unaligned-bound", kX + "math: exp(slice(x, W, 0, 7))\n"},
    {"unimplemented-combination", kX + "math: exp(transpose(x, H, W))\n"},
    {"unimplemented-layout",
     kHead + "inputs:\n  x: {shape: [1, 1, H, W], memory: HEIGHT_SHARDED, layout: ROW_MAJOR}\nmath: exp(x)\n"},
    {"unimplemented-sharding", kSharded + "math: transpose(x, H, W)\n"},
    {"unknown-cb", kX + "schedule: {cb_pages: {nope: 4}}\nmath: exp(x)\n"},
    {"unknown-input", kHead + "inputs: {x: {dtype: same(z)}}\nmath: exp(x)\n"},
    {"expression-syntax", kX + "math: exp(x\n"},
    {"math-too-large", many(kX + "math:\n  let:\n", 40, "    - a# = " + sum_of_30() + "\n", "  y: a0 + a39\n")},
    {"too-many-cbs", many(kX + "emit: {dialect: seed}\nmath:\n  let:\n", 12, "    - a# = sum(x * 1#, W)\n", "  y: ") + "x" +
                         products_of_12() + "\n"},
    {"unimplemented-broadcast",
     kHead + "inputs:\n  x: {shape: [H, W], layout: ROW_MAJOR}\n  y: {shape: [H, 1], layout: ROW_MAJOR}\nmath: x + y\n"},
    {"zero-divisor", kX + "require: [\"H % 0 == 0\"]\nmath: exp(x)\n"},
    {"unknown-schema", "schema: tilewright-op/99\n" + kX + "math: exp(x)\n"},
};

}  // namespace

TEST_CASE("specs are refused with the code of what is wrong") {
    for (const Refused& r : kRefused) {
        const auto result = tw::builder::new_operation(r.spec);
        std::string given;
        for (const tw::Diagnostic& d : result.problems) given += d.code + " ";
        INFO(r.code, ", given: ", given, "\n", r.spec);
        CHECK(std::any_of(result.problems.begin(), result.problems.end(), [&](const auto& d) { return d.code == r.code; }));
    }
}

TEST_CASE("a symbolic size gets parentheses by what it is, not by how it looks") {
    using tw::builder::Dim;
    using tw::builder::Size;
    const Dim w = Dim::symbol("W");
    const auto text = [](const Size& size) {
        return size.text({[](const Size& leaf) {
                              if (leaf.kind() == Size::Kind::Number) return std::to_string(leaf.number());
                              return leaf.dim().python([](const std::string& s) { return "len(" + s + ", 0)"; });
                          },
                          [](const Size&, const std::string& a, const std::string&) { return a; }, " // "});
    };
    CHECK(text(Size(64) / Size::symbolic(w)) == "64 // len(W, 0)");
    CHECK(text(Size(64) / Size::symbolic(w * Dim(2))) == "64 // (2 * len(W, 0))");
    const Dim half = (w + Dim(32)) / Dim(2);  // begins with a parenthesis itself
    CHECK(text(Size(64) / Size::symbolic(half)) == "64 // (" + text(Size::symbolic(half)) + ")");
}
