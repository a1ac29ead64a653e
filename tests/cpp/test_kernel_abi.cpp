// The border to kernels and its version go together: who changes one has to raise the other.
#include "base/hash.h"
#include "base/replace_file.h"
#include "cpp_text/lexer.h"
#include "jit/files.h"
#include "jit/install.h"
#include "jit/load.h"
#include "jit/process.h"
#include "jit/toolchain.h"
#include "tw/abi.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace tw;

namespace {

// The border's headers by their tokens, without comments. Their #define lines count, as constants of the border. (Numbers
// of vector functions come from tw/sfpu.def, which grows often; the cache's key has its text.)
std::string border_hash() {
    Hasher hasher;
    for (const char* name : {"tw/abi.h", "tw/abi_compute.h", "tw/abi_pool.h", "tw/abi_sfpi.h"}) {
        const auto text = jit::read_file(jit::kernel_include() / name);
        REQUIRE_MESSAGE(text.has_value(), name);
        const cpp_text::TokenList tokens = cpp_text::tokenize(*text, 0, text->size());
        for (size_t i = 0; i < tokens.tokens.size(); ++i) {
            std::string_view word = tokens.spelling(i);
            if (word.substr(0, 22) == "#define TW_ABI_VERSION") continue;
            if (tokens.tokens[i].kind == cpp_text::TokenKind::Directive) word = word.substr(0, word.find("//"));
            while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
            hasher.add(word);
        }
    }
    return hasher.hex();
}

// The version and the border that it stands for.
constexpr uint32_t kVersion = 3;
constexpr const char* kBorder = "33e519d72a01a941b7e2174401abc58b";

}  // namespace

TEST_CASE("the kernel border does not change without its version") {
    const std::string border = border_hash();
    INFO("if you changed it, raise TW_ABI_VERSION in kernel_include/tw/abi.h and write both down here");
    CHECK(TW_ABI_VERSION == kVersion);
    CHECK(border == kBorder);
}

TEST_CASE("an object of another version of the border is not loaded") {
    const std::filesystem::path folder = std::filesystem::temp_directory_path();
    const auto source = folder / "tilewright-test-abi.cpp", object = folder / "tilewright-test-abi.so";
    REQUIRE(replace_file(source,
                         "extern \"C\" {\n"
                         "extern __attribute__((used)) const unsigned tw_kernel_abi = 999;\n"
                         "void tw_kernel_entry() {}\n"
                         "}\n"));
    std::vector<std::string> command = jit::toolchain().compile;
    for (const char* word : {"-shared", "-fPIC", "-nostdlib", "-o"}) command.push_back(word);
    command.push_back(object.string());
    command.push_back(source.string());
    const jit::ProcessResult built = jit::run_process(command);
    REQUIRE_MESSAGE(built.status == 0, built.output);
    std::string problem;
    CHECK(jit::load_kernel(object, problem) == nullptr);
    CHECK(problem == "built for kernel ABI 999, this is " + std::to_string(TW_ABI_VERSION));
    std::filesystem::remove(source);
    std::filesystem::remove(object);
}
