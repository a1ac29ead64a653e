// Mutants of a kernel's text: each is one small edit of the kind that people make by mistake, a barrier forgotten, a loop
// one too long, two arguments in the wrong order. Whoever runs them all learns what the checks see and what they let pass.
//
// The text is read as tokens, not compiled: a mutant may fail to compile, and may be equivalent to the original. Both are
// for the caller to find out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tw::mutate {

struct KernelMutant {
    std::string op;               // "drop-read-barrier"
    uint32_t begin = 0, end = 0;  // what is replaced in the text
    std::string replacement;
    int first_line = 1, last_line = 1;   // of the statements that change, from 1
    std::string callee;                  // the call that is changed; "" for loops and conditions
    std::vector<std::string> arguments;  // as written
};

struct KernelMutantOptions {
    uint32_t page_bytes = 2048;  // what "one page on" means
};

std::vector<KernelMutant> kernel_mutants(std::string_view text, const KernelMutantOptions& = {});

// All operators that kernel_mutants() knows, in the order of the table.
const std::vector<std::string_view>& kernel_operators();

}  // namespace tw::mutate
