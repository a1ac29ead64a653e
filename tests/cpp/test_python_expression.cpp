// The closed grammar of tests.torch: what it writes, and what it does not let through.
#include "builder/spec/python_expression.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace tw::builder;

namespace {

std::string read(const std::string& text, std::vector<Problem>& problems) {
    const auto known = [](std::string_view name) { return name == "x" || name == "gamma" || name == "eps"; };
    return python_expression(text, {1, 1}, "tests.torch", known, problems).value_or("");
}

}  // namespace

TEST_CASE("a reference is written in one spelling, whatever the spec's") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"torch.nn.functional.rms_norm( x.float(),[x.shape[-1]],None,eps )",
         "torch.nn.functional.rms_norm(x.float(), [x.shape[-1]], None, eps)"},
        {"x*gamma if gamma is not None else x", "x * gamma if gamma is not None else x"},
        {"(x-x.mean(dim=-1,keepdim=True))**2", "(x - x.mean(dim=-1, keepdim=True)) ** 2"},
        {"x**2", "x**2"},
        {"-x**-2", "-x**-2"},
        {"x[...,0::2]", "x[..., 0::2]"},
        {"x[..., : x.shape[-1] // 2]", "x[..., : x.shape[-1] // 2]"},
        {"torch.cat((x,), dim = 0)", "torch.cat((x,), dim=0)"},
        {"torch.einsum('bij,bjk->bik', x, gamma)", "torch.einsum(\"bij,bjk->bik\", x, gamma)"},
        {"torch.fft.fft(x).abs()", "torch.fft.fft(x).abs()"},
        {"torch.topk(x, 1)[0] + 1.", "torch.topk(x, 1)[0] + 1.0"},
        {"x @ gamma // .5", "x @ gamma // 0.5"},
        {"not x.dim() == 2 and True", "not x.dim() == 2 and True"},
    };
    for (const auto& [text, wanted] : cases) {
        std::vector<Problem> problems;
        CHECK(read(text, problems) == wanted);
        CHECK(problems.empty());
    }
}

TEST_CASE("nothing but computing passes the grammar of references") {
    for (const char* text : {"__import__('os').system('true')",
                             "open('/etc/passwd')",
                             "torch.load('a')",
                             "torch.save(x, 'a')",
                             "torch.hub.load('a', 'b')",
                             "torch.utils.cpp_extension.load(x)",
                             "torch.ops.aten.add(x, x)",
                             "torch.os.system('a')",
                             "torch._C._foo(x)",
                             "torch.__builtins__",
                             "torch.set_num_threads(1)",
                             "torch.nn.functional.__globals__",
                             "torch.add_(x, 1)",
                             "x.__class__.__bases__",
                             "x.numpy().tofile('a')",
                             "x.zero_()",
                             "x.register_hook(x)",
                             "(lambda: x)()",
                             "lambda x: x",
                             "[x for x in x]",
                             "x := 3",
                             "(x := 3)",
                             "(x=3)",
                             "f'{x}'",
                             "'a\\x41'",
                             "'a' % x; import os",
                             "x\nimport os",
                             "x if x",
                             "x # y",
                             "exec('x')",
                             "getattr(x, 'a')",
                             "ttnn.close_device(x)",
                             "device",
                             "x.f(",
                             "x)",
                             "",
                             "007",
                             "1.shape",
                             "1 2"}) {
        std::vector<Problem> problems;
        CAPTURE(text);
        CHECK(read(text, problems).empty());
        REQUIRE(problems.size() == 1);
        CHECK(problems.front().code == "bad-reference");
    }
    std::vector<Problem> problems;
    CHECK(read(std::string(5000, '('), problems).empty());
    CHECK(read(std::string(5000, '-') + "x", problems).empty());
    CHECK(problems.size() == 2);
}
