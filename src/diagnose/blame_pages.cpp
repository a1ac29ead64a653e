// Circular buffers whose other side has ended, or waits itself: by counts of pages, by what else waits, by the numbers that
// the host gave.
#include "diagnose/blame.h"
#include "diagnose/explain.h"
#include "diagnose/kernel_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::diagnose {

std::string kernel_of(Party p) {
    const std::string& name = p.p->image->name;
    const std::string_view shown = std::string_view(name).substr(name.rfind('/') + 1);
    return fmt::format("{} ({})", shown.substr(0, shown.find(" (")), risc_name(p.p->ctx.risc));  // of a text: its number
}

std::string place_of(Party p, const tw_site* site, uint32_t line) {
    if (!site) site = p.p->ctx.site;
    const std::string source = site ? fmt::format("{}:{}", site->file, line ? line : site->line) : p.p->image->name;
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

namespace {

// It ended with pages of its own input left.
bool left_input(Party p) {
    if (p.waits()) return false;
    for (uint32_t cb = 0; cb < TW_MAX_CBS; ++cb) {
        const tw_cb_counters& c = p.core->cb_counters[cb];
        const bool pops = std::ranges::any_of(p.core->processors, [&](const Processor& q) {
            return q.image && same_kernel(p, {p.core, &q}) && q.books[cb].popped;
        });
        if (pops && c.received != c.acked) return true;
    }
    return false;
}

// It reserved pages of this buffer, and pushed those of another one since: these were forgotten.
bool went_on(Party p, uint32_t cb) {
    for (uint32_t other = 0; other < TW_MAX_CBS; ++other) {
        const CbBook& book = p.p->books[other];
        if (other != cb && book.push && book.pushed_at > p.p->books[cb].reserved_at) return true;
    }
    return false;
}

// The host gave it a larger number than that, and it had no reason to stop.
bool was_given_more(Party p, uint64_t number) {
    const tw_ctx& ctx = p.p->ctx;
    return ctx.rt_args && std::any_of(ctx.rt_args, ctx.rt_args + ctx.rt_arg_count,
                                      [&](uint32_t n) { return n > number && n < kLargestCount; });
}

// Who of the core's other kernels has a say in what these two disagree about.
struct Neighbours {
    bool want_giver = false;   // one waits for the giver as well
    bool want_waiter = false;  // one waits for the waiter
    bool content = false;      // one takes what the waiter makes, and has ended with all that it wanted
};

Neighbours neighbours(const WaitGraph& graph, const Edge& e) {
    Neighbours n;
    for (const Party& x : graph.waiting(*e.waiter.core)) {
        if (same_kernel(x, e.waiter) || same_kernel(x, e.giver)) continue;
        for (const Party& g : graph.givers(x)) {
            n.want_giver |= same_kernel(g, e.giver);
            n.want_waiter |= same_kernel(g, e.waiter);
        }
    }
    for (const Processor& q : e.waiter.core->processors) {
        const Party y{e.waiter.core, &q};
        if (!q.image || y.waits() || same_kernel(y, e.waiter) || same_kernel(y, e.giver)) continue;
        for (uint32_t cb = 0; cb < TW_MAX_CBS; ++cb) {
            if (!q.books[cb].popped) continue;
            const bool made = std::ranges::any_of(e.waiter.core->processors, [&](const Processor& p) {
                return p.image && same_kernel({e.waiter.core, &p}, e.waiter) && p.books[cb].pushed;
            });
            n.content |= made && y.core->cb_counters[cb].received == y.core->cb_counters[cb].acked;
        }
    }
    return n;
}

// What the numbers of the host say: which of the two kernels does not do as the others do, or what it was told.
int by_arguments(const WaitGraph& graph, const Edge& e, uint64_t moved, uint64_t wanted) {
    const Ratio ratio = compare_ratios(graph, e.giver, e.waiter);
    int against_giver = 6 * (ratio.against_first > 0) - 6 * (ratio.against_first < 0);
    // More than one kernel with a number of its own on this core: it has another share of the work.
    size_t odd_kernels = 0;
    for (const Processor& p : e.waiter.core->processors)
        odd_kernels += p.image && p.ctx.risc <= TW_TRISC_UNPACK && odd_argument(graph, {e.waiter.core, &p});
    const bool odd_giver = odd_kernels == 1 && odd_argument(graph, e.giver),
               odd_waiter = odd_kernels == 1 && odd_argument(graph, e.waiter);
    against_giver += 5 * odd_giver - 5 * odd_waiter;
    if (ratio.any_broken) return against_giver;
    if (was_given(e.giver, moved) && !odd_giver) {
        against_giver -= graph.cores().size() > 1 ? 5 : 3;
    } else if (was_given_more(e.giver, moved)) {
        against_giver += 2;
    }
    if (was_given(e.waiter, moved) && !odd_waiter) against_giver -= 4;
    const bool told_more = std::ranges::any_of(e.waiter.core->processors, [&](const Processor& p) {
        const Party x{e.waiter.core, &p};
        return p.image && !same_kernel(x, e.waiter) && both_were_given(e.waiter, x, std::max<uint64_t>(wanted, 2));
    });
    return against_giver + 3 * told_more;
}

}  // namespace

Weight weigh(const WaitGraph& graph, const Edge& e) {
    const uint32_t cb = e.cb();
    const auto &book = e.giver.p->books[cb], &own = e.waiter.p->books[cb];
    const tw_cb_counters& c = e.waiter.core->cb_counters[cb];
    const bool ended = !e.giver.waits();
    const bool blocked_on_it = !ended && e.giver.p->wait.subject == cb && e.giver.p->wait.kind == WaitKind::CbSpace;
    Weight w;
    uint64_t moved = 0, wanted = 0;
    if (e.for_pages()) {
        moved = c.received;
        wanted = uint64_t{c.acked} + e.waiter.p->wait.value;
        if (book.reserved > 0 && (ended || went_on(e.giver, cb))) return {.against_giver = 12, .call = true};
        if (book.reserved > 0 && blocked_on_it && book.pushed > 0) w = {.against_giver = 7, .call = true};
        if (!book.push && same_kernel(e.waiter, e.giver))
            return {.against_giver = book.reserved > 0 ? -8 : 8, .call = true};
        const uint32_t there = c.received - c.acked;
        if (own.last_pop && e.waiter.p->wait.value > own.last_pop && there > 0)
            w = {.against_giver = w.against_giver - (ended ? 4 : 7), .call = true};
        if (!book.push && (ended || graph.sibling(e.giver, cb, true).p)) w.against_giver += 4;
        if (ended) w.against_giver += 3 * left_input(e.giver);
    } else {
        moved = c.acked;
        wanted = uint64_t{c.received} + e.waiter.core->cb_pages[cb] - e.waiter.p->wait.value;
        if (book.pop && !book.popped) return {.against_giver = 10, .call = true};
        if (book.has_waited && !book.pop) return {.against_giver = ended ? 10 : 4, .call = true};
        if (book.last_pop && book.last_pop < book.last_wait && book.ready > 0)
            w = {.against_giver = ended ? 7 : 5, .call = true};
        if (!book.pop && (ended || graph.sibling(e.giver, cb, false).p)) w.against_giver += 4;
    }
    if (!ended) {
        const int by_args = by_arguments(graph, e, 0, ~uint64_t{0});
        w.call &= std::abs(by_args) < w.size();
        w.against_giver += by_args;
        return w;
    }
    const Neighbours n = neighbours(graph, e);
    int by_count = 5 * n.want_giver + 4 * n.want_waiter + by_arguments(graph, e, moved, wanted);
    if (e.for_pages() && !n.want_giver && !n.want_waiter) by_count -= 4 * n.content;
    w.call &= std::abs(by_count) <= w.size();
    w.against_giver += by_count;
    return w;
}

namespace {

Blame giver_of_pages(const WaitGraph& graph, const Edge& e, const Weight& weight) {
    const uint32_t cb = e.cb();
    const Party w = e.waiter, g = e.giver;
    const CbBook& book = g.p->books[cb];
    const tw_cb_counters& c = w.core->cb_counters[cb];
    const uint64_t wanted = uint64_t{c.acked} + w.p->wait.value;
    const std::string ended = g.waits() ? "has not pushed" : "ended without pushing";
    if (weight.call && book.reserved > 0 && book.pushed == 0) {
        return {.who = g,
                .site = book.reserve,
                .did = "it reserves pages here, and never pushes one",
                .what = fmt::format("{} {} a page of CB {} that {} waits for", kernel_of(g), ended, cb, kernel_of(w)),
                .why = fmt::format("pages count only once they are pushed; CB {} has none", cb),
                .fix = fmt::format("call cb_push_back({}, ..) after the pages are written", cb)};
    }
    if (weight.call && !book.push) {
        // What it did instead: the newest call on another buffer that it fills.
        const tw_site* instead = nullptr;
        uint32_t other = TW_MAX_CBS;
        for (uint32_t i = 0; i < TW_MAX_CBS; ++i) {
            if (i == cb || !g.p->books[i].produces()) continue;
            if (instead && w.core->cb_counters[i].received <= w.core->cb_counters[other].received) continue;
            instead = g.p->books[i].reserve ? g.p->books[i].reserve : g.p->books[i].push;
            other = i;
        }
        return {.who = g,
                .site = instead,
                .did = instead ? fmt::format("fills CB {} here, and has not pushed a page of CB {}", other, cb) : "",
                .what = fmt::format("{} waits for pages of CB {} that it is to push itself", kernel_of(w), cb),
                .why = fmt::format("no page of CB {} was pushed; what fills it in this kernel was not come to", cb),
                .fix = fmt::format("look at the condition under which the kernel fills CB {}", cb)};
    }
    if (weight.call && book.reserved > 0) {
        return {.who = g,
                .site = book.push,
                .did = fmt::format("pushes {} of CB {} and has reserved {}", pages(book.last_push), cb,
                                   pages(book.last_push + book.reserved)),
                .what = fmt::format("{} pushed {} of CB {}, and {} waits for page {}", kernel_of(g), pages(c.received), cb,
                                    kernel_of(w), wanted),
                .why = fmt::format("it reserved {} more, and never pushed {}", pages(book.reserved),
                                   book.reserved == 1 ? "it" : "them"),
                .fix = fmt::format("push what was reserved (cb_push_back({}, ..)) in {}", cb, kernel_of(g))};
    }
    Blame b{
        .who = g,
        .site = book.push,
        .did = fmt::format("{} after pushing {} of CB {}", g.waits() ? "waits elsewhere" : "ended", pages(c.received), cb),
        .what = fmt::format("{} pushed {} of CB {} and {}; {} waits for page {}", kernel_of(g), pages(c.received), cb,
                            g.waits() ? "waits for something else" : "ended", kernel_of(w), wanted),
        .why = "it leaves input, others wait for it as well, or the host's numbers agree about more",
        .fix = fmt::format("push {} more in {}: compare its loop count with that of {}", pages(wanted - c.received),
                           kernel_of(g), kernel_of(w))};
    if (!b.site)
        if (const Party other = graph.sibling(g, cb, true); other.p) {
            b.site = other.p->books[cb].push;
            b.why = fmt::format("on core ({},{}) the same kernel pushes pages here, on this core it pushed none",
                                other.core->coord.x, other.core->coord.y);
        }
    const Neighbours n = neighbours(graph, e);
    put_at_loop(graph, b, !g.waits() && (left_input(g) || n.want_giver) ? Which::Outermost : Which::Innermost);
    return b;
}

Blame waiter_for_pages(const WaitGraph& graph, const Edge& e, const Weight& weight) {
    const uint32_t cb = e.cb();
    const Party w = e.waiter, g = e.giver;
    const tw_cb_counters& c = w.core->cb_counters[cb];
    const uint64_t wanted = uint64_t{c.acked} + w.p->wait.value;
    Blame b{
        .who = w,
        .did = fmt::format("waits for {} of CB {} more than are ever pushed", pages(wanted - c.received), cb),
        .what = fmt::format("{} pushed {} of CB {} and {}; {} waits for page {}", kernel_of(g), pages(c.received), cb,
                            g.waits() ? "waits for something else" : "ended", kernel_of(w), wanted),
        .why = was_given(g, c.received) || was_given(w, c.received)
                   ? fmt::format("the host gave the count {} as an argument, and {} keeps to it", c.received, kernel_of(g))
                   : "nobody else waits for more: this kernel alone takes one more than it is given",
        .fix = fmt::format("wait for {} less in {}: compare its loop count with that of {}", pages(wanted - c.received),
                           kernel_of(w), kernel_of(g))};
    if (weight.call && same_kernel(w, g)) {
        b.did = fmt::format("waits for pages of CB {} that its own kernel fills only behind this", cb);
        b.why = fmt::format("{} has reserved them, and gets there when this wait is over", kernel_of(g));
        b.fix = "wait behind the push: look at the condition under which it waits here";
        return b;
    }
    if (weight.call) {
        b.why = fmt::format("it waits for {}, and pops {} at a time", pages(w.p->wait.value), w.p->books[cb].last_pop);
        b.fix = fmt::format("wait for as many as are popped: cb_wait_front({}, {})", cb, w.p->books[cb].last_pop);
        return b;
    }
    const tw_site* site = w.p->ctx.site;
    if (site && loops_around(site->file, site->line).size() > 1)
        put_at_loop(graph, b, neighbours(graph, e).want_waiter ? Which::Innermost : Which::Outermost);
    return b;
}

Blame taker(const WaitGraph& graph, const Edge& e, const Weight& weight) {
    const uint32_t cb = e.cb();
    const Party w = e.waiter, g = e.giver;
    const CbBook& book = g.p->books[cb];
    const tw_cb_counters& c = w.core->cb_counters[cb];
    const uint32_t total = w.core->cb_pages[cb], asked = total - w.p->wait.value;
    if (weight.call && book.popped == 0) {
        return {.who = g,
                .site = book.pop ? book.pop : book.wait,
                .did = book.pop ? "it pops no page here" : "it waits for pages here, and never pops one",
                .what = fmt::format("{} {} a page of CB {}, which {} fills", kernel_of(g),
                                    g.waits() ? "has not popped" : "ended without popping", cb, kernel_of(w)),
                .why = fmt::format("a page stays used until it is popped: CB {} has {} of {} used", cb,
                                   c.received - c.acked, total),
                .fix = fmt::format("call cb_pop_front({}, ..) when the pages are read", cb)};
    }
    Blame b{.who = g,
            .site = book.pop,
            .did = fmt::format("{} after popping {} of CB {}", g.waits() ? "waits elsewhere" : "ended", pages(c.acked), cb),
            .what = fmt::format("{} popped {} of CB {} and {}; {} has pushed {} and reserves {} more", kernel_of(g),
                                pages(c.acked), cb, g.waits() ? "waits for something else" : "ended", kernel_of(w),
                                c.received, asked),
            .why = "it takes fewer pages than it is given",
            .fix = fmt::format("pop what was waited for; compare its loop count with that of {}", kernel_of(w))};
    if (weight.call) {
        b.did = fmt::format("pops {} of CB {}, and has waited for {}", pages(book.last_pop), cb, pages(book.last_wait));
        return b;
    }
    if (!b.site)
        if (const Party other = graph.sibling(g, cb, false); other.p) {
            b.site = other.p->books[cb].pop;
            b.why = fmt::format("on core ({},{}) the same kernel takes pages here, on this core it took none",
                                other.core->coord.x, other.core->coord.y);
        }
    put_at_loop(graph, b, neighbours(graph, e).want_giver ? Which::Outermost : Which::Innermost);
    return b;
}

Blame filler(const WaitGraph& graph, const Edge& e) {
    const uint32_t cb = e.cb();
    const Party w = e.waiter, g = e.giver;
    const tw_cb_counters& c = w.core->cb_counters[cb];
    const uint32_t asked = w.core->cb_pages[cb] - w.p->wait.value;
    Blame b{.who = w,
            .did = fmt::format("reserves pages of CB {} that nobody will take", cb),
            .what = fmt::format("{} popped {} of CB {} and {}; {} has pushed {} and reserves {} more", kernel_of(g),
                                pages(c.acked), cb, g.waits() ? "waits for something else" : "ended", kernel_of(w),
                                c.received, asked),
            .why = "this kernel makes more pages than are taken",
            .fix = fmt::format("compare its loop count with that of {}", kernel_of(g))};
    put_at_loop(graph, b, Which::Innermost);
    return b;
}

}  // namespace

Blame blame_edge(const WaitGraph& graph, const Edge& e, const Weight& weight) {
    if (e.for_pages())
        return weight.against_giver > 0 ? giver_of_pages(graph, e, weight) : waiter_for_pages(graph, e, weight);
    return weight.against_giver > 0 ? taker(graph, e, weight) : filler(graph, e);
}

Blame blame_nobody(const WaitGraph&, Party w) {
    const uint32_t cb = w.p->wait.subject;
    if (w.p->wait.kind == WaitKind::CbPages) {
        return {
            .who = w,
            .what = fmt::format("{} waits for pages of CB {} that no kernel of this core ever pushes", kernel_of(w), cb),
            .why = fmt::format("no processor of core ({},{}) has reserved or pushed a page of CB {}", w.core->coord.x,
                               w.core->coord.y, cb),
            .fix =
                "push to this circular buffer in the kernel that fills it (cb_push_back), or wait for the one that is "
                "filled"};
    }
    return {.who = w,
            .what = fmt::format("{} fills CB {}, which no kernel of this core ever pops", kernel_of(w), cb),
            .why = fmt::format("CB {} holds {}, all are used, and nobody waits for or pops one", cb,
                               pages(w.core->cb_pages[cb])),
            .fix =
                "pop what is read (cb_pop_front) in the kernel that reads it, or give the buffer a page for each that "
                "is pushed"};
}

std::optional<Blame> blame_itself(Party w) {
    if (w.p->state != FiberState::Blocked) return std::nullopt;
    const bool for_pages = w.p->wait.kind == WaitKind::CbPages;
    if (!for_pages && w.p->wait.kind != WaitKind::CbSpace) return std::nullopt;
    const uint32_t cb = w.p->wait.subject;
    const CbBook& own = w.p->books[cb];
    if (for_pages ? !own.produces() : !own.consumes()) return std::nullopt;
    for (const Processor& p : w.core->processors) {
        if (!p.image || &p == w.p) continue;
        if (for_pages ? p.books[cb].produces() : p.books[cb].consumes()) return std::nullopt;
    }
    const tw_cb_counters& c = w.core->cb_counters[cb];
    Blame b{.who = w};
    if (for_pages) {
        b.site = own.push ? own.push : own.reserve;
        b.did = own.push ? fmt::format("pushes {} of CB {} here", pages(own.last_push), cb)
                         : fmt::format("reserves pages of CB {} here, and never pushes one", cb);
        b.what = fmt::format("{} waits for pages of CB {} that only it pushes itself", kernel_of(w), cb);
        b.why = fmt::format("it has pushed {} and waits for page {}", c.received, uint64_t{c.acked} + w.p->wait.value);
        b.fix = "push the pages before they are waited for";
    } else {
        b.site = own.pop ? own.pop : own.wait;
        b.did = own.pop ? fmt::format("pops {} of CB {} here", pages(own.last_pop), cb)
                        : fmt::format("waits for pages of CB {} here, and never pops one", cb);
        b.what = fmt::format("{} waits for room in CB {} that only it makes itself", kernel_of(w), cb);
        b.why = fmt::format("it has popped {} of {} that it pushed", c.acked, c.received);
        b.fix = "pop the pages before room for more is asked for";
    }
    return b;
}

}  // namespace tw::diagnose
