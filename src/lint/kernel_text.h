// A kernel's source as the rules need it, over the lexer that the JIT uses: tokens with lines, includes, calls with their
// arguments, and constants that the text itself defines. Preprocessor lines are no tokens; macros are not expanded, so
// rules take an unknown for unknown.
#pragma once

#include "cpp_text/lexer.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::lint {

struct CppToken {
    enum class Kind { Name, Number, String, Punctuation };
    Kind kind = Kind::Punctuation;
    std::string text;
    int line = 1, column = 1;
    size_t offset = 0;  // into the source
};

struct Include {
    std::string path;
    bool quoted = true;
    int line = 1, column = 1;  // of the path's first character
};

struct KernelCall {
    std::string name;                        // with what stands before it: "noc.async_read", "ckernel::exp_tile"
    std::string base;                        // the last part of the name
    std::vector<std::string> template_args;  // as text without blanks
    std::vector<std::string> args;
    int line = 1, column = 1;
    size_t token = 0, end_token = 0;  // of the name and of the closing parenthesis
};

class KernelText {
public:
    KernelText(std::string path, std::string source);

    const std::string& path() const { return path_; }
    const std::string& source() const { return source_; }
    const std::vector<CppToken>& tokens() const { return tokens_; }
    const std::vector<Include>& includes() const { return includes_; }
    const std::vector<KernelCall>& calls() const { return calls_; }
    bool has_conditionals() const { return conditionals_; }
    size_t code_characters() const { return code_characters_; }
    const std::vector<std::pair<std::string, int>>& comments() const { return comments_; }  // text, line

    bool includes(std::string_view path) const;
    bool calls(std::string_view base) const;
    bool mentions(std::string_view name) const;

    // `constexpr uint32_t cb_in = tt::CBIndex::c_3;`: what a name or literal stands for. With compile-time arguments
    // also `= get_compile_time_arg_val(2)`.
    std::optional<long> value(std::string_view expression, const std::vector<long>* compile_time_args = nullptr) const;
    // The arguments of `constexpr uint32_t name = get_compile_time_arg_val(N)`.
    const std::map<std::string, std::vector<CppToken>>& constants() const { return constants_; }

private:
    std::string path_, source_;
    std::vector<CppToken> tokens_;
    std::vector<Include> includes_;
    std::vector<KernelCall> calls_;
    std::map<std::string, std::vector<CppToken>> constants_;
    std::vector<std::pair<std::string, int>> comments_;
    bool conditionals_ = false;
    size_t code_characters_ = 0;

    void scan();
    void read_directive(std::string_view text, cpp_text::Position at);
    void find_calls();
    void find_constants();
};

}  // namespace tw::lint
