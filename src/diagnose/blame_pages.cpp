// Circular buffers whose other side has ended: by counts of pages, by what else waits, by the numbers that the host gave.
#include "diagnose/blame.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::diagnose {

std::string kernel_of(Party p) {
    const std::string& name = p.p->image->name;
    const std::string_view shown = std::string_view(name).substr(name.rfind('/') + 1);
    return fmt::format("{} ({})", shown.substr(0, shown.find(" (")), risc_name(p.p->ctx.risc));  // of a text: its number
}

std::string place_of(Party p, const tw_site* site) {
    if (!site) site = p.p->ctx.site;
    const std::string source = site ? fmt::format("{}:{}", site->file, site->line) : p.p->image->name;
    return fmt::format("{}, core ({},{}), {}", source, p.core->coord.x, p.core->coord.y, risc_name(p.p->ctx.risc));
}

std::string pages(uint64_t n) {
    return fmt::format("{} page{}", n, n == 1 ? "" : "s");
}

// The host gave this number to the kernel: it is what was meant.
bool was_given(Party p, uint64_t number) {
    if (number < 2) return false;
    const tw_ctx& ctx = p.p->ctx;
    const auto in = [&](const uint32_t* args, uint32_t count) {
        return args && std::find(args, args + count, number) != args + count;
    };
    return in(ctx.rt_args, ctx.rt_arg_count) || in(ctx.common_args, ctx.common_arg_count);
}

// A count that both have from the host and that is larger than this one.
bool both_were_given_more(Party a, Party b, uint64_t number) {
    constexpr uint32_t kLargestCount = 1 << 16;  // what is larger is an address
    const tw_ctx &p = a.p->ctx, &q = b.p->ctx;
    if (!p.rt_args || !q.rt_args) return false;
    return std::any_of(p.rt_args, p.rt_args + p.rt_arg_count, [&](uint32_t n) {
        return n > number && n <= kLargestCount &&
               std::find(q.rt_args, q.rt_args + q.rt_arg_count, n) != q.rt_args + q.rt_arg_count;
    });
}

// It ended with pages of its own input left.
bool left_input(Party p) {
    if (p.waits()) return false;
    for (uint32_t cb = 0; cb < TW_MAX_CBS; ++cb) {
        const tw_cb_counters& c = p.core->cb_counters[cb];
        if (p.p->books[cb].popped && c.received != c.acked) return true;
    }
    return false;
}

bool waits_elsewhere(const WaitGraph& graph, Party giver, Party waiter) {
    for (const tw_core* core : graph.cores()) {
        for (const Processor& p : core->processors) {
            const Party other{core, &p};
            if (!p.image || !other.waits() || other == waiter) continue;
            const auto givers = graph.givers(other);
            if (std::ranges::find(givers, giver) != givers.end()) return true;
        }
    }
    return false;
}

Blame blame_pages(const WaitGraph& graph, const WaitGraph::Root& root) {
    const Party w = root.waiter;
    const uint32_t cb = w.p->wait.subject;
    const tw_cb_counters& counters = w.core->cb_counters[cb];
    const uint64_t received = counters.received, wanted = uint64_t{counters.acked} + w.p->wait.value;
    if (root.givers.empty()) {
        return {
            .who = w,
            .what = fmt::format("{} waits for pages of CB {} that no kernel of this core ever pushes", kernel_of(w), cb),
            .why = fmt::format("no processor of core ({},{}) has reserved or pushed a page of CB {}", w.core->coord.x,
                               w.core->coord.y, cb),
            .fix =
                "push to this circular buffer in the kernel that fills it (cb_push_back), or wait for the one that is "
                "filled"};
    }
    const Party giver = root.givers.front();
    const CbBook& book = giver.p->books[cb];
    if (book.pushed == 0) {
        return {
            .who = giver,
            .site = book.reserve,
            .did = "it reserves pages here, and never pushes one",
            .what = fmt::format("{} ended without pushing a page of CB {} that {} waits for", kernel_of(giver), cb,
                                kernel_of(w)),
            .why = fmt::format("pages count only once they are pushed; CB {} has none, and its producer has returned", cb),
            .fix = fmt::format("call cb_push_back({}, ..) after the pages are written", cb)};
    }
    const std::string counts = fmt::format("{} pushed {} of CB {} and ended; {} waits for page {}", kernel_of(giver),
                                           pages(received), cb, kernel_of(w), wanted);
    // What speaks for the giver: somebody further on wants these pages, too, or another of its buffers is short; it leaves
    // input, or reserved what it never pushed; the host gave a larger count. For the waiter: the host gave this very count,
    // or it waits for other numbers of pages than it pops.
    const bool giver_short = root.dependents > 0 || waits_elsewhere(graph, giver, w);
    const bool as_told = was_given(giver, received) || was_given(w, received);
    const bool told_more = was_given(giver, wanted) || was_given(w, wanted) || both_were_given_more(giver, w, received);
    const bool odd_wait = w.p->wait.value > 1 && w.p->books[cb].popped % w.p->wait.value != 0;
    const int against_giver = 2 * giver_short + 2 * left_input(giver) + 3 * (book.reserved > 0) + told_more;
    if (against_giver > 2 * as_told + 4 * odd_wait) {
        return {.who = giver,
                .site = book.push,
                .did = fmt::format("ended after pushing {} of CB {}", pages(received), cb),
                .what = counts,
                .why = book.reserved > 0 ? std::string("it reserved one more page, and never pushed it")
                       : told_more       ? "the host gave a larger count"
                                         : "it leaves input, or others wait for it as well: they agree about one more",
                .fix = fmt::format("push {} more in {}: compare its loop count with that of {}", pages(wanted - received),
                                   kernel_of(giver), kernel_of(w))};
    }
    return {.who = w,
            .did = fmt::format("waits for {} of CB {} more than are ever pushed", pages(wanted - received), cb),
            .what = counts,
            .why = as_told ? fmt::format("the host gave the count {} as an argument, and {} keeps to it", received,
                                         kernel_of(giver))
                           : "nobody else waits for more: this kernel alone takes one more than it is given",
            .fix = fmt::format("wait for {} less in {}: compare its loop count with that of {}", pages(wanted - received),
                               kernel_of(w), kernel_of(giver))};
}

Blame blame_space(const WaitGraph& graph, const WaitGraph::Root& root) {
    const Party w = root.waiter;  // the producer
    const uint32_t cb = w.p->wait.subject, total = w.core->cb_pages[cb], asked = total - w.p->wait.value;
    const tw_cb_counters& counters = w.core->cb_counters[cb];
    if (root.givers.empty()) {
        return {.who = w,
                .what = fmt::format("{} fills CB {}, which no kernel of this core ever pops", kernel_of(w), cb),
                .why = fmt::format("CB {} holds {}, all are used, and nobody waits for or pops one", cb, pages(total)),
                .fix =
                    "pop what is read (cb_pop_front) in the kernel that reads it, or give the buffer a page for each that "
                    "is pushed"};
    }
    const Party taker = root.givers.front();
    const CbBook& book = taker.p->books[cb];
    if (book.popped == 0) {
        return {.who = taker,
                .site = book.wait,
                .did = "it waits for pages here, and never pops one",
                .what = fmt::format("{} ended without popping a page of CB {}, which {} fills", kernel_of(taker), cb,
                                    kernel_of(w)),
                .why = fmt::format("a page stays used until it is popped: CB {} has {} of {} used", cb,
                                   counters.received - counters.acked, total),
                .fix = fmt::format("call cb_pop_front({}, ..) when the pages are read", cb)};
    }
    const uint64_t made = uint64_t{counters.received} + asked;
    const std::string counts =
        fmt::format("{} popped {} of CB {} and ended; {} has pushed {} and reserves {} more", kernel_of(taker),
                    pages(counters.acked), cb, kernel_of(w), counters.received, asked);
    const bool taker_short = waits_elsewhere(graph, taker, w) || was_given(taker, made) || was_given(w, made);
    if (taker_short && !was_given(taker, counters.acked)) {
        return {.who = taker,
                .site = book.pop,
                .did = fmt::format("ended after popping {} of CB {}", pages(counters.acked), cb),
                .what = counts,
                .why = "it takes fewer pages than it is given",
                .fix = fmt::format("pop what was waited for; compare its loop count with that of {}", kernel_of(w))};
    }
    return {.who = w,
            .did = fmt::format("reserves pages of CB {} that nobody will take", cb),
            .what = counts,
            .why = "its consumer has returned: this kernel makes more pages than are taken",
            .fix = fmt::format("compare its loop count with that of {}", kernel_of(taker))};
}

}  // namespace tw::diagnose
