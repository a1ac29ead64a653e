#include "jit/rewrite_loops.h"

namespace tw::jit {

void LoopRewriter::tick_while(size_t open) {
    const size_t close = match(open);
    if (close <= open + 1) return;
    const std::string_view only = close == open + 2 ? t_.spelling(open + 1) : std::string_view();
    if (only == "0" || only == "false" || declares(open + 1, close)) return;
    if (only == "1" || only == "true") {
        // An endless loop must remain one to the compiler, which else misses a return after it: the tick goes inside.
        const size_t before = open - 2;  // the } of do {..} while (true)
        if (open >= 2 && t_.is(before, "}") && match(before) > 0 && t_.is(match(before) - 1, "do"))
            return tick_inside(match(before));
        if (t_.is(close + 1, "{")) return tick_inside(close + 1);
    }
    add_tick(t_.tokens[open].end, t_.tokens[close].begin, false);
}

// Only for loops without a body or without a step: the others count something and end.
void LoopRewriter::tick_for(size_t open) {
    const size_t close = match(open);
    if (!close) return;
    size_t first = 0, second = 0;
    for (size_t i = open + 1; i < close; i++) {
        if ((t_.is(i, "(") || t_.is(i, "[") || t_.is(i, "{")) && match(i)) {
            i = match(i);
        } else if (t_.is(i, ";")) {
            (first ? second : first) = i;
        }
    }
    if (!second) return;
    const bool no_body = t_.is(close + 1, ";") || (t_.is(close + 1, "{") && match(close + 1) == close + 2);
    const bool no_step = second + 1 == close, no_condition = first + 1 == second;
    if (!(no_body || no_step || no_condition) || declares(first + 1, second)) return;
    if (no_condition && t_.is(close + 1, "{")) return tick_inside(close + 1);
    add_tick(t_.tokens[first].end, t_.tokens[second].begin, no_condition);
}

void LoopRewriter::tick_inside(size_t brace) {
    edit(t_.tokens[brace].end, 0, kTick, " TW_LOOP_TICK;");
}

void LoopRewriter::add_tick(size_t begin, size_t end, bool no_condition) {
    edit(begin, 0, kTick, no_condition ? " TW_LOOP_TICK" : "TW_LOOP_TICK && (");
    if (!no_condition) edit(end, 0, kClose, ")");
}

// while (auto* p = next()): a declaration cannot stand in an expression.
bool LoopRewriter::declares(size_t begin, size_t end) const {
    for (size_t i = begin; i < end; i++) {
        if (t_.is(i, "(") && match(i)) {
            i = match(i);
        } else if (t_.is(i, "=") && i >= begin + 2 && t_.is_identifier(i - 1)) {
            const std::string_view before = t_.spelling(i - 2);
            return t_.is_identifier(i - 2) || before == ">" || ((before == "*" || before == "&") && i >= begin + 3);
        }
    }
    return false;
}

}  // namespace tw::jit
