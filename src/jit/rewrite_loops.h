// Loops that might spin with no call inside get a tick (tw_loop_tick) in their conditions, in which other processors run.
#pragma once

#include "jit/token_rewriter.h"

namespace tw::jit {

class LoopRewriter : TokenRewriter {
public:
    using TokenRewriter::TokenRewriter;

    void tick_while(size_t open);
    void tick_for(size_t open);

private:
    void tick_inside(size_t brace);
    void add_tick(size_t begin, size_t end, bool no_condition);
    bool declares(size_t begin, size_t end) const;
};

}  // namespace tw::jit
