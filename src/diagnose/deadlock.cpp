// Fibers are left and nothing can wake them. Because every way to wake a fiber is a NoC write or another fiber of the same
// core, and none of either is left, this is certain. Who waits is easy to list; what people want to know is whose fault it
// is. The wait graph gives the roots; here one of the two ends of a root is blamed, by what both did: counts of pages, who
// wrote the word and how far, whether others wait for the same giver, and whether the host gave one of the two numbers as
// an argument. The first place, why and fix are about that one.
#include "diagnose/blame.h"
#include "diagnose/explain.h"
#include "diagnose/waits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tw::diagnose {
namespace {

constexpr size_t kMostListed = 12;

Blame blame_handshake(const WaitGraph::Root& root) {
    const Party w = root.waiter;
    Blame b{.who = w};
    const bool ended = !root.givers.empty() && !root.givers.front().waits();
    if (ended) b.who = root.givers.front();
    switch (w.p->wait.kind) {
        case WaitKind::DstFree:
            b.did = "ended with DST halves that it did not release";
            b.what = "the math thread waits for the packer to release DST, and the packer has ended";
            b.why = fmt::format("the math thread has committed {} times, the packer has released {} times", *w.p->wait.a,
                                *w.p->wait.b);
            b.fix = "each tile_regs_acquire/commit needs a tile_regs_wait/release";
            break;
        case WaitKind::DstReady:
            b.did = "ended without committing the DST that the packer waits for";
            b.what = "the packer waits for DST, and the math thread has ended";
            b.why = fmt::format("the math thread has committed {} times, the packer has released {} times", *w.p->wait.a,
                                *w.p->wait.b);
            b.fix = "each tile_regs_wait needs a tile_regs_commit before it";
            break;
        case WaitKind::SrcFull:
        case WaitKind::SrcFree:
            b.did = "ended before the other thread was done";
            b.what = "unpack and math threads disagree about the number of operations";
            b.fix = "give each init, unpack, math and pack call to all three compute threads";
            break;
        case WaitKind::MailboxFull:
        case WaitKind::MailboxFree:
            b.did = "ended, and the other side of the mailbox waits";
            b.what = "one side of a mailbox has ended";
            b.fix = "write as many words as are read";
            break;
        default:
            b.what = fmt::format("{} spins, and nothing that it could look at changes", kernel_of(w));
            b.did = "spins in a loop after this call";
            b.why = "it polls memory that no processor writes any more";
            b.fix = "check the address that it polls, and who is to write there";
            break;
    }
    if (!ended) b.did.clear();
    return b;
}

// In a circle each waits for the next: where one of the two did what cannot be meant, it broke.
std::optional<Blame> blame_broken_edge(const WaitGraph& graph, const WaitGraph::Root& root) {
    constexpr int kEnough = 4;
    Edge worst;
    Weight weight{.against_giver = 0};
    for (const Party& w : root.circle) {
        if (w.p->state != FiberState::Blocked) continue;
        if (w.p->wait.kind != WaitKind::CbPages && w.p->wait.kind != WaitKind::CbSpace) continue;
        for (const Party& g : graph.givers(w)) {
            const Edge edge{w, g};
            const Weight here = weigh(graph, edge);
            if (here.size() > weight.size()) {
                worst = edge;
                weight = here;
            }
        }
    }
    if (weight.size() < kEnough) return std::nullopt;
    return blame_edge(graph, worst, weight);
}

Blame blame_circle(const WaitGraph& graph, const WaitGraph::Root& root) {
    if (std::optional<Blame> b = blame_broken_edge(graph, root)) return *b;
    // A producer and a consumer of one buffer that are stuck with pages and room left: the blocks do not fit the buffer.
    for (const Party& w : root.circle) {
        if (w.p->wait.kind != WaitKind::CbSpace) continue;
        const uint32_t cb = w.p->wait.subject, total = w.core->cb_pages[cb], asked = total - w.p->wait.value;
        for (const Party& taker : root.circle) {
            if (taker.core != w.core || taker.p->wait.kind != WaitKind::CbPages || taker.p->wait.subject != cb) continue;
            const uint32_t there = w.core->cb_counters[cb].received - w.core->cb_counters[cb].acked;
            const CbBook& book = taker.p->books[cb];
            Blame b{
                .who = taker,
                .what = fmt::format("CB {} of {} is too small for both sides: {} waits for {}, {} reserves {}", cb,
                                    pages(total), kernel_of(taker), pages(taker.p->wait.value), kernel_of(w), asked),
                .why = fmt::format("{} are in it: neither the wait for {} nor the room for {} can come about", pages(there),
                                   taker.p->wait.value, asked),
                .fix = fmt::format("give CB {} at least {} (CBDescriptor.total_size), or use one block size on both sides",
                                   cb, pages(taker.p->wait.value + asked))};
            b.did = fmt::format("waits for {} of CB {} at a time{}", pages(taker.p->wait.value), cb,
                                book.has_waited && book.popped == 0 ? " and has popped none" : "");
            return b;
        }
    }
    std::string chain;
    for (const Party& p : root.circle)
        chain += fmt::format("{}{} {}", chain.empty() ? "" : "; ", kernel_of(p), wait_text(*p.core, *p.p));
    // The one that fills a buffer to the brim before it feeds the other is the one that could go another way.
    const auto brim = std::ranges::find_if(root.circle, [](const Party& p) { return p.p->wait.kind == WaitKind::CbSpace; });
    const auto counts_from = std::ranges::find_if(root.circle, [](const Party& p) {
        const uint32_t id = (word_of(*p.p) - p.p->ctx.semaphore_base) / kSemaphoreStride;
        return word_of(*p.p) != 0 && id < kMostSemaphores && p.core->semaphore_initial[id] != 0;
    });
    if (brim == root.circle.end() && counts_from != root.circle.end()) {
        return {.who = *counts_from,
                .did = wait_text(*counts_from->core, *counts_from->p),
                .what = fmt::format("{} processors wait for each other in a circle", root.circle.size()),
                .why = chain,
                .fix = "wait for less in the first round, or give the semaphore a larger initial value"};
    }
    const Party who = brim != root.circle.end() ? *brim : root.circle.front();
    return {.who = who,
            .did = wait_text(*who.core, *who.p),
            .what = fmt::format("{} processors wait for each other in a circle", root.circle.size()),
            .why = chain,
            .fix = brim != root.circle.end()
                       ? fmt::format("feed the buffers by turns, or give CB {} more pages", who.p->wait.subject)
                       : "let one of them give before it waits"};
}

Blame blame(const WaitGraph& graph, const WaitGraph::Root& root) {
    if (!root.circle.empty()) return blame_circle(graph, root);
    if (word_of(*root.waiter.p)) return blame_word(graph, root);
    switch (root.waiter.p->wait.kind) {
        case WaitKind::CbPages:
        case WaitKind::CbSpace: {
            if (root.givers.empty()) return blame_nobody(graph, root.waiter);
            Edge worst{root.waiter, root.givers.front()};
            Weight weight = weigh(graph, worst);
            for (const Party& giver : root.givers) {
                const Weight here = weigh(graph, {root.waiter, giver});
                if (here.against_giver <= weight.against_giver) continue;
                worst.giver = giver;
                weight = here;
            }
            return blame_edge(graph, worst, weight);
        }
        default: return blame_handshake(root);
    }
}

Blame first_cause(const WaitGraph& graph, std::span<tw_core* const> cores) {
    std::vector<Party> waiting;
    for (const tw_core* core : cores) {
        const std::vector<Party> here = graph.waiting(*core);
        waiting.insert(waiting.end(), here.begin(), here.end());
    }
    for (const Party& w : waiting)
        if (std::optional<Blame> b = blame_missing_kernel(graph, w)) return *b;
    for (const Party& w : waiting)
        if (std::optional<Blame> b = blame_itself(w)) return *b;
    for (const Party& w : waiting)
        if (std::optional<Blame> b = blame_broken_word(graph, w)) return *b;
    return blame(graph, graph.roots().front());
}

Diagnostic report(std::span<tw_core* const> cores, const char* code, const char* headline) {
    Diagnostic d;
    d.category = Category::KernelError;
    d.code = code;
    const WaitGraph graph(cores);
    if (!graph.roots().empty()) {
        const Blame b = first_cause(graph, cores);
        if (b.host) {
            d.at.push_back(b.did);
            d.at.push_back(place_of(graph.roots().front().waiter, nullptr));
        } else {
            const std::string did = b.did.empty() ? wait_text(*b.who.core, *b.who.p) : b.did;
            d.at.push_back(fmt::format("{}: {}", place_of(b.who, b.site, b.line), did));
        }
        d.what = b.what;
        d.why = b.why;
        d.fix = b.fix;
    }
    size_t waiting = 0, cores_waiting = 0, listed = 0;
    std::vector<std::string> seen;
    for (const tw_core* core : cores) {
        bool here = false;
        for (const Processor& p : core->processors) {
            if (!p.image || !Party{core, &p}.waits()) continue;
            ++waiting;
            here = true;
            const std::string wait = wait_text(*core, p);
            // Cores of a grid tend to wait alike; the first of each kind tells the story.
            const std::string kind = fmt::format("{}{}", risc_name(p.ctx.risc), wait);
            if (listed < kMostListed && std::ranges::find(seen, kind) == seen.end()) {
                ++listed;
                seen.push_back(kind);
                const tw_site* site = p.ctx.site;
                d.at.push_back(fmt::format("core ({},{}) {} {} {}", core->coord.x, core->coord.y, risc_name(p.ctx.risc),
                                           site ? fmt::format("{}:{}", site->file, site->line) : p.image->name, wait));
            }
        }
        cores_waiting += here;
    }
    d.what = fmt::format("{}; {} processor{} on {} core{} wait{}{}", headline, waiting, waiting == 1 ? "" : "s",
                         cores_waiting, cores_waiting == 1 ? "" : "s", d.what.empty() ? "" : ": ", d.what);
    if (listed < waiting && cores_waiting > 1) d.at.push_back("other cores wait in the same places");
    return d;
}

}  // namespace

Diagnostic explain_deadlock(std::span<tw_core* const> cores) {
    if (std::ranges::any_of(cores, [](const tw_core* core) { return could_go_on(*core); })) return explain_lost_wake(cores);
    return report(cores, "deadlock", "no core can go on");
}

}  // namespace tw::diagnose
