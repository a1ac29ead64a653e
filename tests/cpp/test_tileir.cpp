// The tile program: its text form, its meaning in float64, and its checks, each with a program that fails it.
#include "tileir/check.h"
#include "tileir/evaluate.h"
#include "tileir/padding.h"
#include "tileir/text.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>

using namespace tw::tileir;

namespace {

// y = x * rsqrt(mean(x * x, W) + eps) * g, a row of tiles at a time, kept in L1 for its two passes.
const char* const kRmsNorm = R"(op rms_norm {
  param eps: f32 rt
  param iw: f32 rt
  sym B: host
  sym H: host
  sym W: host
  sym Ht = ceil(H, 32): host
  sym Wt = ceil(W, 32): ct
  sym hl = H - 32 * Ht + 32: host
  sym wl = W - 32 * Wt + 32: ct
  sym b: ct
  tensor x: in bf16 tile [B, Ht, Wt] last hl, wl
  tensor g: in bf16 tile [1, Wt] last 1, wl
  tensor y: out bf16 tile [B, Ht, Wt] last hl, wl
  cb x: bf16 [2 * Wt]
  cb g: bf16 [Wt]
  cb mask: bf16 [1]
  cb one: bf16 [1]
  cb sq: f32 [1]
  cb inv: f32 [1]
  cb xn: bf16 [Wt]
  cb y: bf16 [2 * Wt]
  push one[1] as w {
    fill w[0] by scaler(1, 32, 32)
  }
  push mask[1] as w {
    fill w[0] by mask(32, wl)
  }
  push g[Wt] as w {
    for i in 0..Wt {
      w[i] <- g[i]
    }
  }
  hold one[1] as o {
    hold mask[1] as m {
      hold g[Wt] as G {
        unit u in B * Ht {
          push x[Wt] as w {
            for i in 0..Wt {
              w[i] <- x[Wt * u + i]
            }
          }
          take x[Wt] as X {
            push sq[1] as S {
              regs(3) {
                for i in 0..Wt - 1 {
                  d[0] += mul X[i], X[i]
                }
                d[1] = copy X[Wt - 1]
                d[2] = copy m[0]
                d[1] = mask d[1], d[2]
                d[1] = square d[1]
                d[0] = d.add d[0], d[1]
                pack d[0] -> S[0]
              }
            }
            take sq[1] as S {
              push inv[1] as V {
                regs(1) {
                  d[0] += reduce.sum.row S[0], o[0]
                  d[0] = mul_imm d[0], iw
                  d[0] = add_imm d[0], eps
                  d[0] = rsqrt d[0]
                  pack d[0] -> V[0]
                }
              }
            }
            take inv[1] as V {
              push xn[Wt] as N {
                for i in 0..Wt step b {
                  regs(b) {
                    for k in 0..b {
                      d[k] = mul X[i + k], V[0] bcast col
                    }
                    for k in 0..b {
                      pack d[k] -> N[i + k]
                    }
                  }
                }
              }
            }
          }
          take xn[Wt] as N {
            push y[Wt] as Y {
              for i in 0..Wt step b {
                regs(b) {
                  for k in 0..b {
                    d[k] = mul N[i + k], G[i + k] bcast row
                  }
                  for k in 0..b {
                    pack d[k] -> Y[i + k]
                  }
                }
              }
            }
          }
          take y[Wt] as w {
            for i in 0..Wt {
              y[Wt * u + i] <- w[i]
            }
          }
        }
      }
    }
  }
}
)";

const std::vector<Bindings> kSamples = {{{"B", 1}, {"H", 32}, {"W", 64}, {"b", 2}},
                                        {{"B", 3}, {"H", 47}, {"W", 47}, {"b", 2}},
                                        {{"B", 2}, {"H", 1}, {"W", 97}, {"b", 4}}};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

// The program without the line that holds `what`.
std::string without(std::string text, const std::string& what) {
    const size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    const size_t begin = text.rfind('\n', at) + 1;
    return text.erase(begin, text.find('\n', at) + 1 - begin);
}

std::vector<Finding> findings_of(const std::string& text, Bounds bounds = {.limits = {.registers = 4}}) {
    return check(parse(text), kSamples, bounds);
}

void require_finding(const std::string& text, Check check, const std::string& words,
                     Bounds bounds = {.limits = {.registers = 4}}) {
    const std::vector<Finding> list = findings_of(text, bounds);
    std::string all;
    bool found = false;
    for (const Finding& f : list) {
        all += std::string(name_of(f.check)) + ": " + f.what + " (" + f.statement + ")\n";
        found |= f.check == check && f.what.find(words) != std::string::npos;
    }
    INFO(all);
    CHECK(found);
}

}  // namespace

TEST_CASE("sizes are equal when their polynomials are") {
    const Size w = Size::symbol("W"), i = Size::symbol("i");
    CHECK((w + i) * (w - i) == w * w - i * i);
    CHECK((w * 2 - w - w).is(0));
    CHECK(Size::ceil(w * 32, 32) == w);
    CHECK(Size::ceil(w, 32) != w);
    CHECK(Size::ceil(65, 32).is(3));
    CHECK(Size::mod(w * 6, Size(3)).is(0));
    CHECK((w - 1 + Size::ceil(w, 32) * 2).str() == "W + 2 * ceil(W, 32) - 1");
    CHECK((Size(3) - w).str() == "-1 * W + 3");
    CHECK((w * i).with("i", w + 1) == w * w + w);
    CHECK(Size::ceil(w, i).with("W", 64).with("i", 32).is(2));
    CHECK((w * 2 + i).value({{"W", 5}, {"i", 1}}) == 11);
    CHECK_FALSE((w * 2 + i).value({{"W", 5}}).has_value());
    CHECK_FALSE(Size::ceil(w, i).value({{"W", 5}, {"i", 0}}).has_value());
    CHECK(Size::floor(Size(0) - w, 2).value({{"W", 3}}) == -2);
    // sum of 2 over a loop with a shorter last round; of i over 0, 4, 8
    CHECK(Size(2).summed("i", 0, w, 4) == Size::ceil(w, 4) * 2);
    CHECK((i * 2).summed("i", 0, 12, 4) == Size(24));
    CHECK_FALSE((i * i).summed("i", 0, w, 1).has_value());
}

TEST_CASE("a tile program prints to what it was parsed from") {
    CHECK(print(parse(kRmsNorm)) == kRmsNorm);
    const char* const rows = R"(op pad {
  sym W: host
  sym has_g: ct
  tensor x: in? f32 rows [4, W] pad any, any
  tensor y: inout f32 tile [1, 1] last 4, 8 pad 0, finite
  tensor ids: in u32 rows [1, 64]
  cb x: f32 [32] of 32
  cb t: f32 [1] over y
  push x[32] as w {
    for r in 0..32 {
      w[r].bytes(0, W) <- x[r].bytes(1) else -inf
    }
    fill w[0] by constant(-0.5)
    fill w[0] by iota
  }
  if has_g {
    take x[32] as X {
      word r = X[0] below 4
      push t[1] as T {
        tilize X[0] -> T[0] tiles 1
      }
      take t[1] as T {
        y[r].bytes(0) <- T[0].bytes(3, 4)
        regs(1) {
          d[0] = clamp d[0], -1.5, 2e-07
          pack d[0] -> T[0] relu l1acc
        }
      }
    }
  } else {
    hold x[1] as X {
      x[0] <- X[0]
    }
  }
}
)";
    std::string shown = print(parse(rows));
    CHECK(print(parse(shown)) == shown);
    CHECK(shown == replaced(rows, " pad any, any", ""));
}

TEST_CASE("text that is no tile program is refused with its line") {
    const auto line_of = [](const std::string& text) {
        try {
            parse(text);
        } catch (const ParseError& e) {
            return e.line;
        }
        return 0;
    };
    CHECK(line_of("") == 1);
    CHECK(line_of("op a {\n") == 2);
    CHECK(line_of("op a {\n  sym W\n}") == 3);
    CHECK(line_of("op a {\n  cb c: bf17 [1]\n}") == 2);
    CHECK(line_of("op a {\n  cb c: bf16 [1]\n  push c[1] as w {\n    v[0] <- x[0]\n  }\n}") == 4);
    CHECK(line_of("op a {\n  cb c: bf16 [1]\n  push e[1] as w {\n  }\n}") == 3);
    CHECK(line_of("op a {\n  regs(1) {\n    d[0] = frobnicate d[0]\n  }\n}") == 3);
    CHECK(line_of("op a {\n  regs(1) {\n    d[0] = exp d[0], 1\n    d[0] = clamp d[0], d[1], 2\n  }\n}") == 3);
    CHECK(line_of("op a {\n} }") == 2);
    CHECK(line_of("op a {\n  sym W = 99999999999999999999: ct\n}") == 2);
}

TEST_CASE("a right program passes all checks") {
    for (const Finding& f : findings_of(kRmsNorm)) {
        FAIL_CHECK(name_of(f.check) << ": " << f.what << " at line " << f.line << " " << f.statement);
    }
}

TEST_CASE("each check has a program that fails it") {
    const std::string text = kRmsNorm;
    SUBCASE("padding: no mask before a reduction") {
        require_finding(without(text, "= mask d[1], d[2]"), Check::Padding, "columns 15 to 31, which hold anything");
    }
    SUBCASE("padding: a function that is not 0 at 0") {
        require_finding(replaced(text, "square d[1]", "exp d[1]"), Check::Padding, "hold some numbers; 0 would be neutral");
    }
    SUBCASE("padding: a maximum wants -infinity") {
        require_finding(replaced(text, "d[0] += reduce.sum.row S[0]", "d[0] = copy S[0] d[0] += reduce.max.row X[Wt - 1]"),
                        Check::Padding, "-inf would be neutral");
    }
    SUBCASE("padding: a column where all columns are wanted") {
        require_finding(replaced(text, "V[0] bcast col", "V[0]"), Check::Padding, "elements are valid");
    }
    SUBCASE("padding: a scaler that is none") {
        require_finding(replaced(text, "scaler(1, 32, 32)", "constant(1)"), Check::Padding, "a tile of scalers");
    }
    SUBCASE("balance: more pushed than taken") {
        require_finding(replaced(text, "take xn[Wt] as N", "take xn[1] as N"), Check::Balance, "pages are pushed into xn");
    }
    SUBCASE("balance: a push in one branch only") {
        const std::string twice = "  sym twice: ct\n  tensor x:";
        const std::string branch =
            "if twice {\n push one[1] as w {\n fill w[0] by constant(1)\n }\n }\n  push mask[1] as w {";
        require_finding(replaced(replaced(text, "  tensor x:", twice), "push mask[1] as w {", branch), Check::Balance,
                        "pushed into one");
    }
    SUBCASE("flow: a ring without room") {
        const std::string early = replaced(text, "push sq[1] as S {", "push sq[2] as S {");
        require_finding(replaced(replaced(early, "cb sq: f32 [1]", "cb sq: f32 [2]"), "take sq[1] as S", "take sq[2] as S"),
                        Check::Windows, "was not written");
    }
    SUBCASE("flow: taken before it is pushed") {
        // The writer's window stands before the packer's.
        const size_t begin = text.find("          take y[Wt] as w {"), end = text.find("          }\n", begin) + 12;
        const std::string writer = text.substr(begin, end - begin);
        std::string moved = text;
        moved.erase(begin, writer.size());
        moved.insert(moved.find("          take xn[Wt] as N {"), writer);
        require_finding(moved, Check::Flow, "who would push them comes later");
    }
    SUBCASE("windows: larger than the buffer") {
        require_finding(replaced(text, "cb xn: bf16 [Wt]", "cb xn: bf16 [1]"), Check::Windows,
                        "a window of 2 pages in xn, which has 1");
    }
    SUBCASE("windows: wraps around the end") {
        require_finding(replaced(text, "cb x: bf16 [2 * Wt]", "cb x: bf16 [2 * Wt - 1]"), Check::Windows,
                        "the window wraps");
    }
    SUBCASE("windows: a tile outside") {
        require_finding(replaced(text, "d[1] = copy X[Wt - 1]", "d[1] = copy X[Wt]"), Check::Windows,
                        "outside of the window");
    }
    SUBCASE("windows: a page that nobody wrote") {
        require_finding(replaced(text, "pack d[k] -> Y[i + k]", "pack d[k] -> Y[i]"), Check::Windows,
                        "pushed and was not written");
    }
    SUBCASE("registers: more than there are") {
        require_finding(text, Check::Registers, "3 registers, of 2", {.limits = {.registers = 2}});
    }
    SUBCASE("registers: read before written") {
        require_finding(without(text, "d[2] = copy m[0]"), Check::Actors, "nobody uses the window m");
    }
    SUBCASE("registers: read before written, all windows in use") {
        require_finding(replaced(text, "d[2] = copy m[0]", "d[0] = copy m[0]"), Check::Registers,
                        "d[2] is read before it is written");
    }
    SUBCASE("registers: a mask in another place") {
        require_finding(
            replaced(replaced(text, "d[2] = copy m[0]", "d[0] = copy m[0]"), "mask d[1], d[2]", "mask d[1], d[0]"),
            Check::Registers, "the mask of d[1] lies in d[2]");
    }
    SUBCASE("registers: math behind a pack") {
        require_finding(replaced(text, "pack d[0] -> V[0]", "pack d[0] -> V[0] d[0] = exp d[0] pack d[0] -> V[0]"),
                        Check::Registers, "math after the first pack");
    }
    SUBCASE("coverage: a page too few") {
        require_finding(replaced(text, "y[Wt * u + i] <- w[i]", "y[Wt * u] <- w[i]"), Check::Coverage, "are not written");
    }
    SUBCASE("coverage: outside of a tensor") {
        require_finding(replaced(text, "w[i] <- x[Wt * u + i]", "w[i] <- x[Wt * u + i + 1]"), Check::Coverage,
                        "of x, which has");
    }
    SUBCASE("memory") {
        require_finding(text, Check::Memory, "bytes, of 40000", {.limits = {.registers = 4}, .l1_bytes = 40000});
    }
    SUBCASE("arguments: a name without a value") {
        require_finding(replaced(text, "d[k] -> Y[i + k]", "d[k] -> Y[j + k]"), Check::Arguments, "j has no value here");
    }
    SUBCASE("arguments: a param that nobody uses") {
        require_finding(without(text, "add_imm d[0], eps"), Check::Arguments, "the param eps is used by nobody");
    }
    SUBCASE("actors: two producers") {
        require_finding(
            replaced(text, "pack d[0] -> V[0]",
                     "pack d[0] -> V[0]\n}\n}\npush one[1] as Q {\nregs(1) {\nd[0] = copy X[0]\npack d[0] -> Q[0]"),
            Check::Actors, "the packer pushes one here, and the reader does elsewhere");
    }
}

TEST_CASE("what a program computes does not depend on its padding") {
    const Program program = parse(kRmsNorm);
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    const double eps = 1e-5;
    for (const Bindings& sizes : kSamples) {
        const Bindings v = program.bind(sizes);
        const int64_t batch = v.at("B"), ht = v.at("Ht"), wt = v.at("Wt"), height = v.at("H"), width = v.at("W");
        Pages x(static_cast<size_t>(batch * ht * wt), std::vector<double>(1024, std::nan("")));
        Pages g(static_cast<size_t>(wt), std::vector<double>(1024, HUGE_VAL));
        const auto element = [](Pages& pages, int64_t first, int64_t tiles, int64_t r, int64_t c) -> double& {
            return pages[static_cast<size_t>(first + r / 32 * tiles + c / 32)][static_cast<size_t>(r % 32 * 32 + c % 32)];
        };
        for (int64_t n = 0; n < batch; ++n) {
            for (int64_t r = 0; r < height; ++r) {
                for (int64_t c = 0; c < width; ++c) element(x, n * ht * wt, wt, r, c) = normal(random);
            }
        }
        for (int64_t c = 0; c < width; ++c) element(g, 0, wt, 0, c) = normal(random);
        Findings findings;
        std::map<std::string, Pages> out =
            evaluate(program, sizes, {{"eps", eps}, {"iw", 1.0 / static_cast<double>(width)}}, {{"x", x}, {"g", g}},
                     {.registers = 4}, findings);
        CHECK(findings.list().empty());
        for (int64_t n = 0; n < batch; ++n) {
            for (int64_t r = 0; r < height; ++r) {
                double sum = 0;
                for (int64_t c = 0; c < width; ++c) sum += std::pow(element(x, n * ht * wt, wt, r, c), 2);
                for (int64_t c = 0; c < width; ++c) {
                    const double wanted = element(x, n * ht * wt, wt, r, c) /
                                          std::sqrt(sum / static_cast<double>(width) + eps) * element(g, 0, wt, 0, c);
                    CHECK(element(out["y"], n * ht * wt, wt, r, c) == doctest::Approx(wanted).epsilon(1e-12));
                }
            }
        }
    }
}
