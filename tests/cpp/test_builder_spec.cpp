#include "builder/builder.h"
#include "builder/plan/family.h"
#include "builder/plan/size.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace {

using tw::builder::NewResult;

NewResult make(const std::string& text) {
    return tw::builder::new_operation(text);
}

// The one problem of a spec that has one.
tw::Diagnostic problem_of(const std::string& text) {
    const NewResult result = make(text);
    REQUIRE(result.problems.size() == 1);
    return result.problems.front();
}

const std::string kHead = "name: op\ninputs:\n  x: {shape: [..., H, W]}\n";

}  // namespace

TEST_CASE("the smallest spec is a name, an input and math") {
    const NewResult result = make("name: op\ninputs: {x: }\nmath: gelu(x)\n");
    CHECK(result.ok());
    CHECK(result.name == "op");
    CHECK(result.family == "elementwise");
}

TEST_CASE("JSON is read as the YAML that it is") {
    const std::string json = R"~({"name": "op", "inputs": {"x": {"shape": ["...", "H", "W"]}}, "math": "exp(x)"})~";
    CHECK(make(json).ok());
}

TEST_CASE("an unknown key is located and answered with the nearest known one") {
    const tw::Diagnostic d = problem_of(kHead + "mth: gelu(x)\nmath: gelu(x)\n");
    CHECK(d.category == tw::Category::SpecError);
    CHECK(d.code == "unknown-key");
    CHECK(d.at.front() == "spec.yaml:4:1, key mth");
    CHECK(d.fix == "did you mean 'math'?");
}

TEST_CASE("a wrong name inside quoted math is located to the column") {
    const tw::Diagnostic d = problem_of(kHead + "math: \"gelu(y)\"\n");
    CHECK(d.code == "unknown-name");
    CHECK(d.at.front() == "spec.yaml:4:13, key math");
}

TEST_CASE("a wrong function in a block of math is located to line and column") {
    const tw::Diagnostic d = problem_of(kHead + "math:\n  let:\n    a: exp(x)\n  y: |\n    a +\n    gleu(a)\n");
    CHECK(d.code == "unknown-function");
    CHECK(d.at.front() == "spec.yaml:9:5, key math");
    CHECK(d.fix == "did you mean 'gelu'?");
}

TEST_CASE("independent problems are all reported") {
    CHECK(make("name: Op\ninputs:\n  x: {dtype: bfloat17}\nmath: gelu(x)\nextra: 1\n").problems.size() == 3);
}

TEST_CASE("shapes that do not broadcast are refused") {
    CHECK(problem_of("name: op\ninputs:\n  a: {shape: [..., H, W]}\n  b: {shape: [..., H, V]}\nmath: a + b\n").code ==
          "shape-mismatch");
}

TEST_CASE("inner sizes of a matrix product must agree") {
    const tw::Diagnostic d = problem_of("name: op\ninputs:\n  a: {shape: [M, K]}\n  b: {shape: [J, N]}\nmath: a @ b\n");
    CHECK(d.code == "shape-mismatch");
    CHECK(d.what.find("K and J") != std::string::npos);
}

TEST_CASE("a stated output shape must be the one that the math gives") {
    CHECK(problem_of(kHead + "output: {shape: [..., H, W]}\nmath: sum(x, W)\n").code == "output-shape");
}

TEST_CASE("block formats need tiles") {
    CHECK(problem_of("name: op\ninputs:\n  x: {dtype: bfloat8_b, layout: ROW_MAJOR}\nmath: exp(x)\n").code ==
          "block-format-needs-tile");
}

TEST_CASE("a default outside of its own range is refused") {
    CHECK(problem_of(kHead + "params: {a: {default: -1.0, range: \"> 0\"}}\nmath: x * a\n").code == "default-out-of-range");
}

TEST_CASE("an optional input needs a neutral element") {
    CHECK(problem_of("name: op\ninputs:\n  x: {}\n  g: {shape: [1, 1, 1, W], optional: true}\nmath: x * g\n").code ==
          "optional-without-neutral");
}

TEST_CASE("an input that the math does not use is refused") {
    CHECK(problem_of("name: op\ninputs: {x: , y: }\nmath: exp(x)\n").code == "unused-input");
}

TEST_CASE("names of Python, C++ and the emitted code are refused as input names") {
    for (const std::string name : {"lambda", "namespace", "output", "grid_size", "x_address"}) {
        CAPTURE(name);
        CHECK_FALSE(make("name: op\ninputs: {x: , " + name + ": }\nmath: x + " + name + "\n").ok());
    }
}

TEST_CASE("a test shape that leaves a dimension open is refused") {
    CHECK(problem_of("name: op\ninputs: {a: [M, K], b: [K, N]}\nmath: a @ b\ntests: {shapes: [[32, 32]]}\n").code ==
          "bad-test-shape");
}

TEST_CASE("what no family carries out is unimplemented, not wrong") {
    const tw::Diagnostic d = problem_of(kHead + "math: sum(x, W) + sum(x, H)\n");
    CHECK(d.category == tw::Category::Unimplemented);
}

TEST_CASE("families are told apart by their math") {
    const auto family = [](const std::string& math) { return make(kHead + "math: " + math + "\n").family; };
    CHECK(family("x * 2") == "elementwise");
    CHECK(family("mean(x, H, W)") == "reduction");
    CHECK(family("x - mean(x, W)") == "normalization");
    CHECK(family("softmax(x, W)") == "normalization");
    CHECK(family("cumsum(x, H)") == "scan");
    CHECK(family("transpose(x, H, W)") == "page_map");
    CHECK(make("name: op\ninputs: {a: [M, K], b: [K, N]}\nmath: relu(a @ b)\n").family == "matmul");
}

TEST_CASE("the index form of a contraction is the matrix product that it writes out") {
    const NewResult plain =
        make("name: op\ninputs: {a: [M, K], b: [K, N]}\nmath: \"c[m, n] = sum(k, a[m, k] * b[k, n])\"\n");
    const NewResult transposed =
        make("name: op\ninputs: {a: [M, K], b: [N, K]}\nmath: \"c[m, n] = sum(k, a[m, k] * b[n, k])\"\n");
    REQUIRE(plain.ok());
    REQUIRE(transposed.ok());
    const auto test_of = [](const NewResult& result) {
        return std::find_if(result.files.begin(), result.files.end(),
                            [](const auto& file) { return file.path.ends_with("/test_op.py"); })
            ->text;
    };
    CHECK(test_of(plain).find("return torch.matmul(a, b)\n") != std::string::npos);
    CHECK(test_of(transposed).find("return torch.matmul(a, torch.transpose(b, -2, -1))\n") != std::string::npos);
}

TEST_CASE("the same spec gives the same bytes") {
    const NewResult one = make(kHead + "math: gelu(x)\n"), two = make(kHead + "math: gelu(x)\n");
    REQUIRE(one.files.size() == two.files.size());
    for (size_t i = 0; i < one.files.size(); ++i) CHECK(one.files[i].text == two.files[i].text);
    CHECK(one.plan_json == two.plan_json);
}

TEST_CASE("hostile documents end in a problem") {
    CHECK(make("").problems.front().code == "empty-spec");
    CHECK_FALSE(make(std::string(5000, '[')).ok());
    CHECK_FALSE(make("a: &a [*a]").ok());
    CHECK_FALSE(make("name: op\ninputs: {x: }\nmath: " + std::string(5000, '(') + "x").ok());
    std::string chain = "x";
    for (int i = 0; i < 3000; ++i) chain += "+x";
    CHECK_FALSE(make("name: op\ninputs: {x: }\nmath: " + chain).ok());
    CHECK_FALSE(make(std::string("name: op\0", 9)).ok());
    CHECK_FALSE(make("name: op\ninputs: {x: {shape: [99999999999, H]}}\nmath: exp(x)").ok());
    CHECK_FALSE(make("%YAML 9.9\n---\n").ok());
}

TEST_CASE("families are tried from the most particular to the most general") {
    // An attention is a matrix product, too, and a softmax a reduction; anything element-wise comes last.
    std::vector<std::string> names;
    for (const tw::builder::Family* family : tw::builder::families()) names.emplace_back(family->name());
    CHECK(names == std::vector<std::string>{"gather", "attention", "matmul", "scan", "normalization", "reduction", "rotary",
                                            "page_map", "relayout", "elementwise"});
    std::set<int> particularities;
    for (const tw::builder::Family* family : tw::builder::families()) particularities.insert(family->particularity());
    CHECK(particularities.size() == names.size());
}

TEST_CASE("a size is written with the parentheses that it needs") {
    using tw::builder::Size;
    const Size a = Size::name("a"), b = Size::name("b"), c = Size::name("c");
    CHECK((a * b / c).str() == "a * b / c");
    CHECK((a / (b * c)).str() == "a / (b * c)");
    CHECK((a * (b * c)).str() == "a * b * c");
    CHECK((a * (b / c)).str() == "a * (b / c)");
    CHECK(((a + b) * c).str() == "(a + b) * c");
    CHECK((a % b + c / b % a).str() == "a % b + c / b % a");
    CHECK((Size::grouped(a) * b).str() == "(a) * b");
}

TEST_CASE("sizes are equal by structure, and know the names in them") {
    using tw::builder::Size;
    const Size size = Size(2) * Size::name("width_tiles");
    CHECK(size == Size(2) * Size::name("width_tiles"));
    CHECK(size != Size::name("width_tiles"));
    CHECK(size.mentions("width_tiles"));
    CHECK_FALSE(size.mentions("width"));
    CHECK(Size(1).is_one());
    CHECK_FALSE(Size::padded_extent("x", -1) == Size::padded_extent("x", -2));
}
