// Numbers that the host gave, core against core: how many pages each kernel of a core is to move stands in the same ratio
// on all cores, and one that was forgotten when the others were changed shows by that.
#include "diagnose/blame.h"
#include "diagnose/kernel_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

namespace tw::diagnose {
namespace {

std::span<const uint32_t> args_of(Party p) {
    return {p.p->ctx.rt_args, p.p->ctx.rt_args ? p.p->ctx.rt_arg_count : 0};
}

bool is_count(uint32_t n) {
    return n != 0 && n < kLargestCount;
}

// Two numbers that stand in one whole ratio on all other cores that run both kernels: broken here, kept, or unrelated.
enum class Pair : uint8_t { Unrelated, Kept, Broken };

Pair look_at(const WaitGraph& graph, Party a, uint32_t i, Party b, uint32_t j) {
    const uint32_t x = args_of(a)[i], y = args_of(b)[j];
    uint32_t more = 0, fewer = 0;  // their ratio elsewhere is more : fewer
    for (const tw_core* core : graph.cores()) {
        const Party p{core, &core->processors[a.p->ctx.risc]}, q{core, &core->processors[b.p->ctx.risc]};
        if (core == a.core || p.p->image != a.p->image || q.p->image != b.p->image) continue;
        if (i >= args_of(p).size() || j >= args_of(q).size()) return Pair::Unrelated;
        const uint32_t m = args_of(p)[i], n = args_of(q)[j];
        if (!is_count(m) || !is_count(n) || (m % n != 0 && n % m != 0)) return Pair::Unrelated;
        if (more != 0 && uint64_t{m} * fewer != uint64_t{n} * more) return Pair::Unrelated;
        more = m;
        fewer = n;
    }
    if (more == 0 || !is_count(x) || !is_count(y)) return Pair::Unrelated;
    return uint64_t{x} * fewer == uint64_t{y} * more ? Pair::Kept : Pair::Broken;
}

// Alike on each core, here as well: no number of this core's own.
bool is_constant(const WaitGraph& graph, Party p, uint32_t i) {
    return std::ranges::all_of(graph.cores(), [&](const tw_core* core) {
        const Party q{core, &core->processors[p.p->ctx.risc]};
        return q.p->image != p.p->image || (i < args_of(q).size() && args_of(q)[i] == args_of(p)[i]);
    });
}

std::vector<Party> kernels_of(const tw_core& core) {
    std::vector<Party> out;
    for (const Processor& p : core.processors)
        if (p.image && (p.ctx.risc <= TW_TRISC_UNPACK || !core.processors[TW_TRISC_UNPACK].image))
            out.push_back({&core, &p});
    return out;
}

}  // namespace

bool both_were_given(Party a, Party b, uint64_t least) {
    return std::ranges::any_of(args_of(a), [&](uint32_t n) {
        return n >= least && n < kLargestCount && std::ranges::find(args_of(b), n) != args_of(b).end();
    });
}

std::optional<OddArg> odd_argument(const WaitGraph& graph, Party p) {
    const std::span<const uint32_t> mine = args_of(p);
    for (uint32_t i = 0; i < mine.size(); ++i) {
        std::set<uint32_t> others;
        size_t cores = 0;
        for (const tw_core* core : graph.cores()) {
            const Party q{core, &core->processors[p.p->ctx.risc]};
            if (core == p.core || q.p->image != p.p->image || i >= args_of(q).size()) continue;
            others.insert(args_of(q)[i]);
            ++cores;
        }
        if (cores < 2 || others.size() != 1 || *others.begin() == mine[i]) continue;
        return OddArg{i, mine[i], *others.begin()};
    }
    return std::nullopt;
}

Ratio compare_ratios(const WaitGraph& graph, Party a, Party b) {
    Ratio ratio;
    for (uint32_t i = 0; i < args_of(a).size(); ++i) {
        for (uint32_t j = 0; j < args_of(b).size(); ++j) {
            if (is_constant(graph, a, i) || is_constant(graph, b, j)) continue;
            if (look_at(graph, a, i, b, j) != Pair::Broken) continue;
            ratio.any_broken = true;
            for (const Party& x : kernels_of(*a.core)) {
                if (same_kernel(x, a) || same_kernel(x, b)) continue;
                for (uint32_t k = 0; k < args_of(x).size(); ++k) {
                    const Pair with_a = look_at(graph, a, i, x, k), with_b = look_at(graph, b, j, x, k);
                    if (with_a == Pair::Broken && with_b == Pair::Kept) ++ratio.against_first;
                    if (with_a == Pair::Kept && with_b == Pair::Broken) --ratio.against_first;
                }
            }
        }
    }
    return ratio;
}

void put_at_loop(const WaitGraph& graph, Blame& b, Which which) {
    const tw_site* site = b.site ? b.site : b.who.p->ctx.site;
    if (!site) return;
    const std::vector<LoopText> loops = loops_around(site->file, site->line);
    if (loops.empty()) return;
    const LoopText& loop = which == Which::Innermost ? loops.front() : loops.back();
    b.site = site;
    b.line = loop.line;
    // Of the arguments in its header the last one, as in `i < first + count`; before all the one that is at odds with
    // others.
    const std::optional<OddArg> odd = odd_argument(graph, b.who);
    const NamedArg* bound = nullptr;
    ptrdiff_t at = -1;
    const std::vector<NamedArg> named = arguments_in(site->file);
    for (const NamedArg& arg : named) {
        if (arg.index >= args_of(b.who).size() || arg.name.empty()) continue;
        const bool is_odd = odd && odd->index == arg.index;
        const auto found = std::ranges::find(loop.names, arg.name);
        const ptrdiff_t here = is_odd                      ? static_cast<ptrdiff_t>(loop.names.size())
                               : found != loop.names.end() ? found - loop.names.begin()
                                                           : -1;
        if (here <= at) continue;
        at = here;
        bound = &arg;
    }
    if (!bound) return;
    b.why += fmt::format("; runtime arg {} ('{}') is {} here", bound->index, bound->name, args_of(b.who)[bound->index]);
    if (odd && odd->index == bound->index) b.why += fmt::format(" and {} on the other cores", odd->elsewhere);
}

}  // namespace tw::diagnose
