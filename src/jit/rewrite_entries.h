// TT_KERNEL entries: functions with named parameters, for which the JIT writes a kernel_main().
#pragma once

#include "jit/token_rewriter.h"

namespace tw::jit {

class EntryFinder : TokenRewriter {
public:
    using TokenRewriter::TokenRewriter;

    void entry(size_t i);  // the word behind TT_KERNEL

private:
    std::vector<std::string> parameter_names(size_t begin, size_t end) const;
};

}  // namespace tw::jit
