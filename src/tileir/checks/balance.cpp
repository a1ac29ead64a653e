// As many pages are pushed into a circular buffer as are taken from it, for all sizes: both counts are polynomials, summed
// over loops, and are compared as such. A condition counts as a symbol that is 0 or 1.
#include "tileir/check.h"
#include "tileir/walk.h"

#include <fmt/format.h>

#include <map>

namespace tw::tileir {
namespace {

struct Counts {
    std::map<std::string, Size> pushed, taken;

    void add(const Counts& other, const Size& times) {
        for (const auto& [cb, n] : other.pushed) pushed[cb] = pushed[cb] + n * times;
        for (const auto& [cb, n] : other.taken) taken[cb] = taken[cb] + n * times;
    }
};

class Counter {
public:
    explicit Counter(Findings& findings) : findings_(findings) {}

    Counts count(const Block& block) {
        Counts sum;
        for (const Statement& s : block) sum.add(count(s), 1);
        return sum;
    }

private:
    Findings& findings_;

    Counts count(const Statement& s) {
        if (const auto* f = std::get_if<For>(&s.is))
            return summed(s, count(f->body), f->variable, f->begin, f->end, f->step);
        if (const auto* u = std::get_if<Unit>(&s.is)) return summed(s, count(u->body), u->variable, 0, u->count, 1);
        if (const auto* i = std::get_if<If>(&s.is)) {
            Counts both;
            if (i->condition.empty()) return compared(s, *i);
            const Size condition = Size::symbol(i->condition);
            both.add(count(i->then), condition);
            both.add(count(i->otherwise), Size(1) - condition);
            return both;
        }
        Counts own;
        each_body(s, [&](const Block& body) { own.add(count(body), 1); });
        if (const auto* w = std::get_if<Window>(&s.is)) {
            Size& n = (w->kind == Window::Kind::Push ? own.pushed : own.taken)[w->cb];
            n = n + (w->when.empty() ? w->count : w->count * Size::symbol(w->when));
        }
        return own;
    }

    // In some rounds of a loop only: both sides must do the same to each buffer.
    Counts compared(const Statement& s, const If& i) {
        const Counts then = count(i.then), otherwise = count(i.otherwise);
        if (then.pushed != otherwise.pushed || then.taken != otherwise.taken)
            findings_.add(Check::Balance, &s, "the branches push or take differently");
        return then;
    }

    Counts summed(const Statement& s, Counts body, const std::string& variable, const Size& begin, const Size& end,
                  const Size& step) {
        for (auto* side : {&body.pushed, &body.taken}) {
            for (auto& [cb, n] : *side) {
                const auto sum = n.summed(variable, begin, end, step);
                if (!sum)
                    findings_.add(Check::Balance, &s,
                                  fmt::format("the sum of {} over {} is no polynomial", n.str(), variable));
                n = sum.value_or(0);
            }
        }
        return body;
    }
};

}  // namespace

void check_balance(const Program& program, Findings& findings) {
    Counts counts = Counter(findings).count(program.body);
    for (const Cb& cb : program.cbs) {
        // A condition is 0 or 1, so that its square is itself.
        Size pushed = counts.pushed[cb.name], taken = counts.taken[cb.name];
        if (pushed != taken) {
            findings.add(Check::Balance, nullptr,
                         fmt::format("{} pages are pushed into {}, and {} are taken", pushed.str(), cb.name, taken.str()));
        }
    }
}

}  // namespace tw::tileir
