// A kernel that runs on other cores and is missing on one: the host's core ranges.
#include "diagnose/blame.h"
#include "diagnose/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tw::diagnose {
namespace {

std::vector<std::pair<uint16_t, uint16_t>> cores_of(const WaitGraph& graph, Party p) {
    std::vector<std::pair<uint16_t, uint16_t>> out;
    for (const tw_core* core : graph.cores())
        if (core->processors[p.p->ctx.risc].image == p.p->image)
            out.emplace_back(static_cast<uint16_t>(core->coord.x), static_cast<uint16_t>(core->coord.y));
    return out;
}

Blame missing(const WaitGraph& graph, Party there, const tw_core& here, const tw_site* site, const std::string& does,
              const std::string& waits) {
    return {.who = there,
            .site = site,
            .did = fmt::format("{}; this kernel runs on {}, and not on core ({},{})", does,
                               cores_text(cores_of(graph, there)), here.coord.x, here.coord.y),
            .what = fmt::format("{} is missing on core ({},{}): {}", kernel_of(there), here.coord.x, here.coord.y, waits),
            .why = fmt::format("core ({},{}) runs the program's other kernels, and {} is idle there", here.coord.x,
                               here.coord.y, risc_name(there.p->ctx.risc)),
            .fix = fmt::format("add core ({},{}) to core_ranges of {}, or leave it out of all kernels", here.coord.x,
                               here.coord.y, kernel_of(there))};
}

std::optional<Blame> missing_for_buffer(const WaitGraph& graph, Party w) {
    const bool for_pages = w.p->wait.kind == WaitKind::CbPages;
    if (!for_pages && w.p->wait.kind != WaitKind::CbSpace) return std::nullopt;
    const uint32_t cb = w.p->wait.subject;
    const auto gives = [&](const Processor& p) {
        return p.image && (for_pages ? p.books[cb].push : p.books[cb].pop) != nullptr;
    };
    for (const Processor& p : w.core->processors)
        if (&p != w.p && p.image && (gives(p) || graph.sibling({w.core, &p}, cb, for_pages).p)) return std::nullopt;
    // Of several kernels the one that runs on most cores.
    Party found;
    size_t most = 0;
    for (const tw_core* core : graph.cores()) {
        for (const Processor& p : core->processors) {
            if (!gives(p) || w.core->processors[p.ctx.risc].image) continue;
            const size_t cores = cores_of(graph, {core, &p}).size();
            if (cores <= most) continue;
            most = cores;
            found = {core, &p};
        }
    }
    if (!found.p) return std::nullopt;
    const CbBook& book = found.p->books[cb];
    return missing(graph, found, *w.core, for_pages ? book.push : book.pop,
                   fmt::format("{} CB {} here", for_pages ? "pushes" : "pops", cb),
                   fmt::format("{} waits for {} CB {}", kernel_of(w), for_pages ? "pages of" : "room in", cb));
}

// All that runs here runs there as well.
bool is_part_of(const tw_core& here, const tw_core& there) {
    for (uint32_t risc = 0; risc < TW_RISC_COUNT; ++risc) {
        const auto* image = here.processors[risc].image;
        if (image && image != there.processors[risc].image) return false;
    }
    return true;
}

// The word is raised by a kernel that could run on one more core, and does not.
std::optional<Blame> missing_for_word(const WaitGraph& graph, Party w) {
    const uint32_t address = word_of(*w.p);
    if (address == 0) return std::nullopt;
    for (const tw_core* core : graph.cores()) {
        for (const Processor& p : core->processors) {
            if (!p.image || p.image == w.p->image) continue;
            const auto use = std::ranges::find_if(p.words.uses(), [&](const WordUse& u) { return local_of(u) == address; });
            if (use == p.words.uses().end()) continue;
            for (const tw_core* here : graph.cores()) {
                if (here == core || here->processors[p.ctx.risc].image || !is_part_of(*here, *core)) continue;
                return missing(graph, {core, &p}, *here, use->site, "raises the word here",
                               fmt::format("{} waits for a word that it raises", kernel_of(w)));
            }
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Blame> blame_missing_kernel(const WaitGraph& graph, Party w) {
    if (std::optional<Blame> b = missing_for_word(graph, w)) return b;
    return w.p->state == FiberState::Blocked ? missing_for_buffer(graph, w) : std::nullopt;
}

}  // namespace tw::diagnose
