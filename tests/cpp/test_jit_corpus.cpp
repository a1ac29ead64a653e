// Do the kernels of ttnn itself compile, unmodified, against our headers? Needs an unpacked wheel and the corpus's list of
// kernels, so it runs only when asked:
//   TILEWRIGHT_CORPUS=<kernels.json> TILEWRIGHT_CORPUS_ROOT=<the wheel's folder ttnn> tilewright-tests -tc="*corpus*"
// TILEWRIGHT_CORPUS_PART=<i>/<n> takes every n-th kernel, beginning with the i-th; TILEWRIGHT_CORPUS_ONLY=<part of a path>
// prints whole messages. A list of known failures may lie beside the golden data (none is kept today), most of them because
// the kernels' guessed compile-time values are refused by their own static_asserts; one that leaves or joins it is an
// error.
#include "base/error.h"
#include "jit/jit.h"
#include "jit/rewrite.h"
#include "test_data.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

using namespace tw;
using jit::KernelRequest;
using nlohmann::json;

namespace {

std::string setting(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::vector<std::string> names(const json& kernel, const char* space) {
    std::vector<std::string> out;
    if (kernel["bindings"].contains(space)) out = kernel["bindings"][space].get<std::vector<std::string>>();
    return out;
}

// get_token_if_present<"x">(): a pointer to the token, or a null one of a type that both branches compile with.
std::string optional_tokens(const std::vector<std::string>& tokens, const char* none) {
    std::string out = "template <TokenName name> constexpr auto* get_token_if_present() {\n    ";
    for (const std::string& t : tokens) out += fmt::format("if constexpr (name == \"{0}\") return &{0}; else ", t);
    return out + fmt::format("return static_cast<const {}*>(nullptr);\n}}\n", none);
}

// What a Metal 2.0 host would have generated (docs/upstream-api.md K2), every argument a constant 1.
std::string bindings(const json& kernel, const std::string& root, KernelRequest& request) {
    std::string out = R"(
        template <size_t N> struct TokenName {
            char text[N];
            constexpr TokenName(const char (&from)[N]) { for (size_t i = 0; i < N; i++) text[i] = from[i]; }
            constexpr bool operator==(std::string_view other) const { return std::string_view(text, N - 1) == other; }
        };
        inline uint32_t get_vararg(uint32_t i) { return get_arg_val<uint32_t>(i); }
        inline uint32_t get_common_vararg(uint32_t i) { return get_common_arg_val<uint32_t>(i); }
        namespace args {
)";
    std::vector<std::string> args = names(kernel, "args");
    // The parameters of a TT_KERNEL function are arguments too.
    std::ifstream file(root + "/" + kernel["path"].get<std::string>());
    std::stringstream text;
    text << file.rdbuf();
    for (const auto& entry : jit::scan_kernel_text(text.str()).entries) {
        args.insert(args.end(), entry.template_parameters.begin(), entry.template_parameters.end());
        args.insert(args.end(), entry.parameters.begin(), entry.parameters.end());
    }
    for (const std::string& a : std::set<std::string>(args.begin(), args.end())) {
        out += fmt::format("constexpr ::experimental::CtaVal<uint32_t> {}{{1}};\n", a);
    }
    out += "}\nnamespace dfb {\n";
    uint32_t id = 0;
    for (const std::string& n : names(kernel, "dfb")) {
        if (n != "get_token_if_present") out += fmt::format("constexpr DFBBindingToken<> {}{{{}}};\n", n, id++ % 32);
    }
    out += optional_tokens(names(kernel, "dfb"), "DFBBindingToken<>");
    out += "}\nnamespace sem {\n";
    id = 0;
    for (const std::string& n : names(kernel, "sem"))
        out += fmt::format("constexpr SemaphoreBindingToken {}{{{}}};\n", n, id++);
    out += "}\nnamespace scratch {\n";
    for (const std::string& n : names(kernel, "scratch"))
        out += fmt::format("constexpr ScratchpadBindingToken {}{{0, 1024}};\n", n);
    out += "}\nnamespace tensor {\n";
    for (const std::string& n : names(kernel, "tensor")) {
        if (n == "get_token_if_present") continue;
        const size_t offset = request.compile_time_args.size();
        request.compile_time_args.insert(request.compile_time_args.end(),
                                         {2, 2048});  // interleaved, DRAM, pages of 2048 bytes
        out += fmt::format("using {0}_t = tensor_accessor::TensorBindingToken<{1}, 0>;\nconstexpr {0}_t {0}{{}};\n", n,
                           offset);
    }
    out += optional_tokens(names(kernel, "tensor"), "tensor_accessor::NullTensorBindingToken");
    return out + "}\n";
}

std::vector<KernelRequest> requests(const json& kernel, const std::string& root) {
    KernelRequest r;
    r.source = kernel["path"];
    r.num_dram_banks = 12;
    r.num_l1_banks = 64;
    r.compile_time_args = kernel["ct_args"].get<std::vector<uint32_t>>();
    for (const auto& [name, value] : kernel["named_ct_args"].items())
        r.named_compile_time_args.emplace_back(name, value.get<uint32_t>());
    for (const auto& [name, value] : kernel["defines"].items()) {
        r.defines.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    const bool compute = kernel["kind"] == "compute";
    if (!compute) r.defines.insert(r.defines.begin(), {{"ENABLE_FP32_DEST_ACC", "0"}, {"DST_SYNC_FULL", "0"}});
    for (uint8_t i = 0; i < 32; i++) r.cbs.push_back({.index = i, .page_size = 2048, .tile_size = 2048});
    if (kernel["metal2"].get<bool>()) r.bindings = bindings(kernel, root, r);
    if (!compute) {
        r.processor = kernel["kind"] == "reader" ? jit::Processor::Ncrisc : jit::Processor::Brisc;
        return {r};
    }
    std::vector<KernelRequest> three(3, r);
    three[0].processor = jit::Processor::TriscUnpack;
    three[1].processor = jit::Processor::TriscMath;
    three[2].processor = jit::Processor::TriscPack;
    return three;
}

}  // namespace

TEST_CASE("kernels of the corpus compile unmodified" * doctest::skip(setting("TILEWRIGHT_CORPUS").empty())) {
    const std::string root = setting("TILEWRIGHT_CORPUS_ROOT"), only = setting("TILEWRIGHT_CORPUS_ONLY");
    jit::add_metal_root(root);
    json kernels = json::parse(std::ifstream(setting("TILEWRIGHT_CORPUS")));
    if (kernels.is_object()) kernels = kernels["kernels"];
    size_t start = 0, step = 1;
    if (const std::string part = setting("TILEWRIGHT_CORPUS_PART"); !part.empty()) {
        start = std::strtoul(part.c_str(), nullptr, 10);
        step = std::max(1ul, std::strtoul(part.c_str() + part.find('/') + 1, nullptr, 10));
    }
    std::set<std::string> expected;
    std::ifstream list(test_data("golden/corpus_failures.txt"));
    for (std::string line; std::getline(list, line);) {
        if (!line.empty() && line[0] != '#') expected.insert(line.substr(0, line.find(' ')));
    }

    std::map<std::string, std::pair<int, int>> counts;  // by group: compiled, all
    std::vector<std::string> failures;
    for (size_t i = start; i < kernels.size(); i += step) {
        const json& kernel = kernels[i];
        const std::string path = kernel["path"];
        if (path.find(only) == std::string::npos) continue;
        const auto features = kernel["features"].get<std::set<std::string>>();
        auto& [compiled, all] = counts[std::string(kernel["kind"] == "compute" ? "compute" : "data movement") +
                                       (features.count("fabric_ccl") ? ", fabric" : "")];
        all++;
        std::string problem;
        try {
            jit::build(requests(kernel, root));
        } catch (const Error& e) {
            problem = e.diagnostic().what;
            if (!only.empty()) MESSAGE(std::string(e.what()));
        }
        compiled += problem.empty();
        if (!problem.empty()) failures.push_back(path + "  # " + problem.substr(problem.find(": ") + 1, 120));
        if (!expected.empty()) {
            INFO(path, ": ", problem);
            CHECK(problem.empty() == (expected.count(path) == 0));
        }
    }
    for (const auto& [group, n] : counts) MESSAGE(group, ": ", n.first, " of ", n.second, " compile");
    if (const std::string out = setting("TILEWRIGHT_CORPUS_OUT"); !out.empty()) {
        std::ofstream file(out);
        for (const std::string& f : failures) file << f << "\n";
    }
}
