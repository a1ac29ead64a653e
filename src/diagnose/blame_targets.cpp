// Words that are written on the wrong core: where the coordinates of a signal lead.
#include "diagnose/blame.h"
#include "noc/address.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::diagnose {

std::optional<Blame> stray_writer(const WaitGraph& graph, Party w, uint32_t address) {
    const auto is_heard = [&](const NocAddress& to) {
        return std::ranges::any_of(graph.cores(), [&](const tw_core* core) {
            return std::ranges::any_of(core->processors, [&](const Processor& p) {
                return p.image && p.ctx.my_x[0] == to.x && p.ctx.my_y[0] == to.y && p.waited_word == address;
            });
        });
    };
    for (const tw_core* core : graph.cores()) {
        for (const Processor& p : core->processors) {
            if (!p.image || p.image == w.p->image) continue;
            for (const WordUse& use : p.words.uses()) {
                const NocAddress to(use.address);
                if (use.multicast || to.local != address || is_heard(to)) continue;
                if (to.x == p.ctx.my_x[0] && to.y == p.ctx.my_y[0]) continue;
                const std::string word = word_name(p, address);
                return Blame{
                    .who = {core, &p},
                    .site = use.site,
                    .did = fmt::format("writes {} of the core at NoC ({},{}), where nobody waits for it", word,
                                       uint32_t{to.x}, uint32_t{to.y}),
                    .what = fmt::format("{} waits for {} of core ({},{}), and what should come there goes elsewhere",
                                        kernel_of(w), word, w.core->coord.x, w.core->coord.y),
                    .why = fmt::format("core ({},{}) is at NoC ({},{})", w.core->coord.x, w.core->coord.y, w.p->ctx.my_x[0],
                                       w.p->ctx.my_y[0]),
                    .fix = "check the coordinates that the host gives this core, and the order of x and y"};
            }
        }
    }
    return std::nullopt;
}

std::optional<Blame> doubled_target(const WaitGraph& graph, Party w, uint32_t address, const std::vector<Writer>& writers) {
    const tw_core* without = nullptr;
    for (const tw_core* core : graph.cores()) {
        const bool waits = core != w.core && std::ranges::any_of(core->processors, [&](const Processor& p) {
                               return p.image == w.p->image && p.waited_word == address;
                           });
        if (waits && graph.writers(*core, address).empty()) without = core;
    }
    if (!without) return std::nullopt;
    const auto reach = [](const Writer& x) {
        const NocAddress to(x.use->address);
        return std::pair(static_cast<int>(to.x) - x.party.p->ctx.my_x[0], static_cast<int>(to.y) - x.party.p->ctx.my_y[0]);
    };
    // Neighbours tend to be as far away from each core as from the next.
    const auto alike = [&](const Writer& x) {
        size_t n = 0;
        for (const tw_core* core : graph.cores()) {
            const Processor& p = core->processors[x.party.p->ctx.risc];
            if (p.image != x.party.p->image) continue;
            n += std::ranges::any_of(p.words.uses(), [&](const WordUse& use) {
                return local_of(use) == address && reach({{core, &p}, &use}) == reach(x);
            });
        }
        return n;
    };
    for (const Writer& x : writers) {
        for (const Writer& y : writers) {
            if (x.party.p == y.party.p || x.party.p->image != y.party.p->image || alike(x) < alike(y)) continue;
            return Blame{.who = y.party,
                         .site = y.use->site,
                         .did = fmt::format("raises {} of core ({},{}), as the same kernel on core ({},{}) does",
                                            word_name(*w.p, address), w.core->coord.x, w.core->coord.y,
                                            x.party.core->coord.x, x.party.core->coord.y),
                         .what = fmt::format("{} of core ({},{}) is raised by two cores, that of core ({},{}) by none",
                                             word_name(*w.p, address), w.core->coord.x, w.core->coord.y, without->coord.x,
                                             without->coord.y),
                         .why = "the coordinates that the host gave one of the two are wrong",
                         .fix = "compare the coordinates among the runtime args of these cores"};
        }
    }
    return std::nullopt;
}

}  // namespace tw::diagnose
