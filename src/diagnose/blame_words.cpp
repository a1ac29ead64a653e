// Semaphores and flags: who wrote the word, how often and what, against what is waited for.
#include "diagnose/blame.h"
#include "diagnose/kernel_text.h"
#include "noc/address.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::diagnose {

std::string word_name(const Processor& p, uint32_t address) {
    const uint32_t base = p.ctx.semaphore_base, id = (address - base) / kSemaphoreStride;
    if (address >= base && id < kMostSemaphores && (address - base) % kSemaphoreStride == 0)
        return fmt::format("semaphore {}", id);
    return fmt::format("the word at L1 {:#x}", address);
}

namespace {

std::string writers_text(const std::vector<Writer>& writers) {
    constexpr size_t kMostWriters = 4;
    std::string out;
    for (size_t i = 0; i < writers.size() && i < kMostWriters; ++i) {
        const auto& [party, use] = writers[i];
        out += fmt::format(
            "{}{} {} times by {} at {}", i ? "; " : "",
            use->kind == WordWrite::Add ? fmt::format("raised by {}", use->last) : fmt::format("set to {}", use->last),
            use->count, kernel_of(party), place_of(party, use->site));
    }
    if (writers.size() > kMostWriters) out += fmt::format("; and {} more", writers.size() - kMostWriters);
    return out;
}

// A processor that runs what a writer runs, and did not write.
const Processor* silent_sibling(const WaitGraph& graph, const std::vector<Writer>& writers, Party waiter, Party& found) {
    for (const Writer& writer : writers) {
        for (const tw_core* core : graph.cores()) {
            const Processor& p = core->processors[writer.party.p->ctx.risc];
            if (p.image != writer.party.p->image || Party{core, &p}.waits() || &p == waiter.p) continue;
            if (std::ranges::any_of(writers, [&](const Writer& w) { return w.party.p == &p; })) continue;
            found = {core, &p};
            return &p;
        }
    }
    return nullptr;
}

// Rounds of a kernel's loop, by the pages that it handed on.
uint64_t rounds_of(Party p) {
    uint64_t rounds = 0;
    for (const CbBook& book : p.p->books) rounds = std::max<uint64_t>({rounds, book.pushed, book.popped});
    return rounds;
}

// Its kernel has no call that is for flags, and none of its transfers was one.
bool raises_nothing(Party p) {
    static constexpr const char* kFlags[] = {"tw_noc_atomic_add", "tw_noc_write_word"};
    if (calls_any(*p.p, kFlags)) return false;
    const tw_ctx& ctx = p.p->ctx;
    return std::ranges::all_of(p.p->words.uses(), [&](const WordUse& u) {
        const NocAddress to(u.address);
        return !u.multicast && to.x == ctx.my_x[0] && to.y == ctx.my_y[0];
    });
}

// Where a signal would stand that a kernel never gives: behind the last thing that it does with pages in a round.
const tw_site* end_of_round(Party p) {
    const tw_site* last = nullptr;
    for (const CbBook& book : p.p->books)
        for (const tw_site* site : {book.push, book.pop})
            if (site && (!last || site->line > last->line)) last = site;
    return last;
}

// Those who raise it do so unlike often.
bool is_short(const std::vector<Writer>& writers) {
    return std::ranges::any_of(writers, [&](const Writer& w) {
        return w.use->kind == WordWrite::Add && w.use->count < writers.front().use->count;
    });
}

// It sets a word back that others raise, and never waited for it.
Blame careless_reset(const WaitGraph& graph, Party p) {
    const tw_ctx& ctx = p.p->ctx;
    for (const WordUse& use : p.p->words.uses()) {
        const NocAddress to(use.address);
        if (use.kind != WordWrite::Set || use.multicast || to.x != ctx.my_x[0] || to.y != ctx.my_y[0]) continue;
        for (const Writer& other : graph.writers(*p.core, local_of(use))) {
            if (other.party.p == p.p || other.use->kind != WordWrite::Add) continue;
            const std::string word = word_name(*p.p, local_of(use));
            return {.who = p,
                    .site = use.site,
                    .did = fmt::format("sets {} back, and never waits for it", word),
                    .what = fmt::format("{} raises {} for {}, which does not wait for that and runs ahead",
                                        kernel_of(other.party), word, kernel_of(p)),
                    .why = fmt::format("raised by {} at {}", other.use->last, place_of(other.party, other.use->site)),
                    .fix = fmt::format("wait for {} (noc_semaphore_wait) before it is set back", word)};
        }
    }
    return {.who = p};
}

}  // namespace

Blame blame_word(const WaitGraph& graph, const WaitGraph::Root& root) {
    const Party w = root.waiter;
    const uint32_t address = word_of(*w.p);
    const std::string word = word_name(*w.p, address);
    const std::vector<Writer> all = graph.writers(*w.core, address);
    std::vector<Writer> writers;
    for (const Writer& writer : all)
        if (writer.party.p != w.p) writers.push_back(writer);
    const bool polls = w.p->state != FiberState::Blocked;
    const uint64_t target = w.p->wait.value, value = polls ? 0 : *w.p->wait.a;
    const bool exact = w.p->wait.op == WaitOp::Equal;
    const uint32_t id = (address - w.p->ctx.semaphore_base) / kSemaphoreStride;
    const uint64_t initial = word.starts_with("semaphore") ? w.core->semaphore_initial[id] : 0;

    if (writers.empty()) {
        if (std::optional<Blame> stray = stray_writer(graph, w, address)) return *stray;
        // Somebody wrote the same word of other cores: that one's loop or coordinates leave this core out.
        for (const tw_core* core : graph.cores()) {
            for (const Processor& p : core->processors) {
                if (!p.image || &p == w.p) continue;
                for (const WordUse& use : p.words.uses()) {
                    if (NocAddress(use.address).local != address) continue;
                    return {.who = {core, &p},
                            .site = use.site,
                            .did = fmt::format("writes {} of other cores, not that of core ({},{})", word, w.core->coord.x,
                                               w.core->coord.y),
                            .what = fmt::format("{} of core ({},{}) is never written, and {} waits for it", word,
                                                w.core->coord.x, w.core->coord.y, kernel_of(w)),
                            .why = "the coordinates that it writes to, or how many, leave this core out",
                            .fix = "compare the target coordinates and the number of targets with the cores that wait"};
                }
            }
        }
        // A handshake of which one half is missing: a kernel that waits for this one, and writes to nobody.
        for (const tw_core* core : graph.cores()) {
            for (const Processor& p : core->processors) {
                const Party other{core, &p};
                if (!p.image || &p == w.p || !other.waits() || word_of(p) == 0 || calls_any(p, kWordWriters)) continue;
                return {.who = other,
                        .site = end_of_round(other),
                        .did = fmt::format("comes to the end of a round here, and its kernel raises no semaphore and "
                                           "writes no word: {} on core "
                                           "({},{}) waits for that",
                                           kernel_of(w), w.core->coord.x, w.core->coord.y),
                        .what = fmt::format("{} of core ({},{}) is never written, and {} waits for it", word,
                                            w.core->coord.x, w.core->coord.y, kernel_of(w)),
                        .why = "of a handshake one half is missing",
                        .fix = fmt::format("raise it (noc_semaphore_inc) in {} before it waits", kernel_of(other))};
            }
        }
        return {.who = w,
                .what = fmt::format("{} waits for {}, which nobody ever wrote", kernel_of(w), word),
                .why = fmt::format("no kernel of the program has set or raised it on core ({},{})", w.core->coord.x,
                                   w.core->coord.y),
                .fix = "check the semaphore's id and the coordinates of the kernel that is to raise it"};
    }

    uint64_t adds = 0, sum = 0, sets = 0;
    for (const Writer& writer : writers) {
        if (writer.use->kind == WordWrite::Add) {
            adds += writer.use->count;
            sum += writer.use->sum;
        } else {
            sets += writer.use->count;
        }
    }
    const Writer& first = writers.front();
    Blame b{.who = w,
            .what = fmt::format("{} waits until {} {} {}, and it is {} for good", kernel_of(w), word,
                                exact ? "==" : ">=", target, value)};
    const std::string history = fmt::format("it was {} at the start; {}", initial, writers_text(writers));
    b.why = history;
    if (adds && !sets && initial != 0 && initial + sum == value && exact && sum == target) {
        b.host = true;
        b.did = fmt::format("{} of the program, whose initial value is {}", word, initial);
        b.fix = "give it the initial value 0 (SemaphoreDescriptor.initial_value)";
        return b;
    }
    if (adds && value > target && exact) {
        const auto big =
            std::ranges::find_if(writers, [](const Writer& x) { return x.use->kind == WordWrite::Add && x.use->last > 1; });
        b.what += ": it went past";
        if (adds == target && big != writers.end()) {
            b.who = big->party;
            b.site = big->use->site;
            b.did = fmt::format("raises {} by {} at a time", word, big->use->last);
            b.fix = fmt::format("raise it by 1: {} calls raise it, and {} is waited for", adds, target);
        } else {
            b.did = fmt::format("waits for exactly {}, and {} raised it to {}", target,
                                adds == 1 ? "one call" : fmt::format("{} calls", adds), value);
            b.fix =
                "wait for the number of calls that raise it (noc_semaphore_wait_min if they may be ahead), and reset it "
                "before the next round";
        }
        return b;
    }
    if (adds && value < target) {
        Party silent;
        if (std::optional<Blame> stray = stray_writer(graph, w, address)) return *stray;
        if (silent_sibling(graph, writers, w, silent)) {
            b.who = silent;
            b.did = fmt::format("runs the kernel that raises {}, and ended without doing so", word);
            b.fix = "raise it on every core that is counted";
            return b;
        }
        if (was_given(w, target) || was_given(first.party, target) || sum + initial > value || is_short(writers)) {
            b.who = first.party;
            b.site = first.use->site;
            b.did = fmt::format("raises {}, {} too few", word, target - value);
            b.fix = fmt::format("raise it {} times more, or wait for {}", target - value, value);
        } else {
            b.did = fmt::format("waits for {}, and all who raise it have ended at {}", target, value);
            b.fix = fmt::format("wait for {}, the number of calls that raise it, or check its initial value", value);
        }
        return b;
    }
    // Set, and to something else.
    const auto was =
        std::ranges::find_if(all, [&](const Writer& x) { return x.use->kind == WordWrite::Set && x.use->last == target; });
    const auto other = std::ranges::find_if(all, [&](const Writer& x) {
        return x.use->kind == WordWrite::Set && x.use->last == value && x.use->last != target;
    });
    if (was != all.end() && was->party.p != w.p && !was->party.waits()) {
        // The one that sets it has ended: it did not wait for this one, or it had fewer rounds.
        static constexpr const char* kWait[] = {"tw_wait_word"};
        const uint64_t rounds = rounds_of(w);
        const bool careless = !calls_any(*was->party.p, kWait);
        if (careless || rounds < was->use->count || !was_given(w, was->use->count) ||
            both_were_given(was->party, w, was->use->count + 1)) {
            b.who = was->party;
            b.site = was->use->site;
            if (careless)
                if (const Blame reset = careless_reset(graph, was->party); reset.site) return reset;
            b.did = careless ? fmt::format("sets {} {} times without ever waiting for who takes it", word, was->use->count)
                             : fmt::format("set {} {} times and ended", word, was->use->count);
            b.fix = careless ? "wait until the last one was taken before it is set again"
                             : fmt::format("compare its loop count with that of {}", kernel_of(w));
            if (!careless && both_were_given(was->party, w, was->use->count + 1)) put_at_loop(graph, b, Which::Innermost);
            return b;
        }
    }
    if (other != all.end()) {
        b.who = other->party;
        b.site = other->use->site;
        b.did = fmt::format("set {} to {}{}", word, value,
                            was != all.end() ? fmt::format(", after it had been {}", target) : "");
        b.fix = was != all.end()
                    ? "reset a flag before it is asked for again, not after: what another core set meanwhile is lost"
                    : fmt::format(
                          "set it to {}; a flag that is multicast and then reset for the next round needs "
                          "noc_async_writes_flushed() between the two, or the reset value is what arrives",
                          target);
        return b;
    }
    b.who = first.party;
    b.site = first.use->site;
    b.did = fmt::format("writes {}, but not {}", word, target);
    b.fix = "check the value, the target coordinates and the semaphore's id";
    return b;
}

// A word that can never be what is waited for, whoever may still run: it went past, or nobody ever wrote it. Where
// handshakes go in circles this tells where the circle broke.
std::optional<Blame> blame_broken_word(const WaitGraph& graph, Party w) {
    const uint32_t address = word_of(*w.p);
    if (address == 0 || w.p->state != FiberState::Blocked) return std::nullopt;
    std::vector<Writer> writers;
    for (const Writer& writer : graph.writers(*w.core, address))
        if (writer.party.p != w.p) writers.push_back(writer);
    const std::string word = word_name(*w.p, address);
    const uint64_t target = w.p->wait.value, value = *w.p->wait.a;
    Blame b{.who = w};
    b.what = fmt::format("{} waits until {} {} {}, and it is {} for good", kernel_of(w), word,
                         w.p->wait.op == WaitOp::Equal ? "==" : ">=", target, value);
    if (writers.empty()) {
        if (std::optional<Blame> stray = stray_writer(graph, w, address)) return stray;
        b.why = fmt::format("no kernel has raised or set it on core ({},{})", w.core->coord.x, w.core->coord.y);
        // Somebody writes another word of this core that nobody looks at.
        for (const tw_core* core : graph.cores()) {
            for (const Processor& p : core->processors) {
                if (!p.image || &p == w.p) continue;
                for (const WordUse& use : p.words.uses()) {
                    const NocAddress to(use.address);
                    const tw_ctx& mine = w.p->ctx;
                    if (use.multicast || to.x != mine.my_x[0] || to.y != mine.my_y[0] || to.local == address) continue;
                    if (&p.ctx != &mine && core == w.core) continue;
                    const bool heard = std::ranges::any_of(
                        w.core->processors, [&](const Processor& q) { return q.image && q.waited_word == to.local; });
                    if (heard) continue;
                    const std::string other = word_name(p, static_cast<uint32_t>(to.local));
                    const bool own_use = std::ranges::any_of(w.p->words.uses(), [&](const WordUse& u) {
                        return NocAddress(u.address).local == address && !u.multicast;
                    });
                    if (own_use) {
                        b.did = fmt::format("waits for {}; what others raise here is {}", word, other);
                    } else {
                        b.who = {core, &p};
                        b.site = use.site;
                        b.did = fmt::format("writes {} of core ({},{}), which nobody waits for", other, w.core->coord.x,
                                            w.core->coord.y);
                    }
                    b.fix = fmt::format("use one semaphore on both sides: {} is waited for, {} is written", word, other);
                    return b;
                }
            }
        }
        for (const tw_core* core : graph.cores()) {
            for (const Processor& p : core->processors) {
                const Party other{core, &p};
                if (!p.image || p.image == w.p->image || !other.waits() || p.waited_word == 0 || !raises_nothing(other))
                    continue;
                b.who = other;
                b.site = end_of_round(other);
                b.did = fmt::format(
                    "comes by here, and its kernel never raises a word of another core: {} on core ({},{}) waits for that",
                    kernel_of(w), w.core->coord.x, w.core->coord.y);
                b.fix = fmt::format("raise {} (noc_semaphore_inc) in {} before it waits", word, kernel_of(other));
                return b;
            }
        }
        // One that raises on other cores what its own kernel waits for, and nobody raises what is waited for here.
        for (const tw_core* core : graph.cores()) {
            for (const Processor& p : core->processors) {
                if (!p.image || p.image == w.p->image || !p.waited_word) continue;
                for (const WordUse& use : p.words.uses()) {
                    if (use.kind != WordWrite::Add || use.multicast || local_of(use) != p.waited_word) continue;
                    b.who = {core, &p};
                    b.site = use.site;
                    b.did = fmt::format("raises {}, which its own kernel waits for; nobody raises {}",
                                        word_name(p, p.waited_word), word);
                    b.fix = fmt::format("raise {} here, as {} waits for it: check the id", word, kernel_of(w));
                    return b;
                }
            }
        }
        return std::nullopt;
    }
    if (w.p->wait.op == WaitOp::Equal && value != target && std::ranges::all_of(writers, [&](const Writer& x) {
            return x.use->kind == WordWrite::Set && x.use->last != target;
        })) {
        const Writer& x = writers.front();
        b.why = writers_text(writers);
        if (x.use->last == 1) {
            b.did = fmt::format("waits for {}, and the flag is only ever set to 1", target);
            b.fix = "wait for the value that is set";
        } else {
            b.who = x.party;
            b.site = x.use->site;
            // What it sends is a word of its own, most often at the same place: where that got its value is nearer.
            bool is_set = false;
            for (const WordUse& use : x.party.p->words.uses()) {
                const NocAddress to(use.address);
                const tw_ctx& ctx = x.party.p->ctx;
                if (!use.multicast && to.local == address && to.x == ctx.my_x[0] && to.y == ctx.my_y[0] &&
                    use.last == x.use->last) {
                    b.site = use.site;
                    is_set = true;
                }
            }
            b.did = fmt::format("sets {} to {}, never to {}", word, x.use->last, target);
            const uint32_t id = (address - w.p->ctx.semaphore_base) / kSemaphoreStride;
            const uint32_t named =
                !is_set && b.site && word.starts_with("semaphore") ? line_of_semaphore(b.site->file, id) : 0;
            if (named) {
                b.line = named;
                b.did = fmt::format("asks for {} here, sends it and never sets it: it holds {}", word, x.use->last);
            }
            b.fix = fmt::format(
                "set the word that is sent to {} first; one that is sent and then reset for the next round needs "
                "noc_async_writes_flushed() between the two",
                target);
        }
        return b;
    }
    const bool only_added = std::ranges::all_of(writers, [](const Writer& x) { return x.use->kind == WordWrite::Add; });
    if (only_added && value < target &&
        std::ranges::all_of(
            writers,
            [&](const Writer& x) {
                return x.party.waits() && word_of(*x.party.p) != 0 && x.use->count >= rounds_of(w) + 1;
            })) {
        if (std::optional<Blame> stray = stray_writer(graph, w, address)) return stray;
        b.why = fmt::format("all who raise it have done so, and wait for an answer; {}", writers_text(writers));
        b.did = fmt::format("waits for {}, and all who raise it bring it to {}", target, value);
        b.fix = fmt::format("wait for {}: the number of those who raise it", value);
        return b;
    }
    if (!only_added || w.p->wait.op != WaitOp::Equal || value <= target) return std::nullopt;
    const uint32_t id = (address - w.p->ctx.semaphore_base) / kSemaphoreStride;
    const uint64_t initial = word.starts_with("semaphore") ? w.core->semaphore_initial[id] : 0;
    b.why = fmt::format("it was {} at the start; {}", initial, writers_text(writers));
    if (initial != 0) {
        b.host = true;
        b.did = fmt::format("{} of the program, whose initial value is {}", word, initial);
        b.fix = "give it the initial value 0 (SemaphoreDescriptor.initial_value)";
        return b;
    }
    if (std::optional<Blame> doubled = doubled_target(graph, w, address, writers)) return doubled;
    for (const Writer& x : writers) {
        if (x.use->last <= 1) continue;
        b.who = x.party;
        b.site = x.use->site;
        b.did = fmt::format("raises {} by {} at a time", word, x.use->last);
        b.fix = fmt::format("raise it by 1, or wait for {}", value);
        return b;
    }
    for (const Writer& x : writers) {
        // More often than it handed on pages: twice a round. Where it stands tells whether this round's is among them.
        uint64_t rounds = rounds_of(x.party);
        const tw_site* at = x.party.p->ctx.site;
        if (x.party.waits() && !(at && x.use->site && at->line < x.use->site->line)) ++rounds;
        if (rounds != 0 && x.use->count > rounds) {
            b.who = x.party;
            b.site = x.use->site;
            b.did = fmt::format("raises {} {} times in {} rounds", word, x.use->count, rounds);
            b.fix = "raise it once a round";
            return b;
        }
    }
    for (const Writer& x : writers) {
        if (x.use->count <= rounds_of(w) + 1) continue;
        // It ran ahead: what it should have waited for did not hold it back.
        const Party p = x.party;
        b.who = p;
        b.site = p.p->waited_word_at ? p.p->waited_word_at : x.use->site;
        b.did = p.p->waited_word_at ? "this wait did not hold it back"
                                    : fmt::format("raises {} without ever waiting for an answer", word);
        b.fix =
            "let it wait until its last signal was taken: compare the value that it waits for with what the word holds by "
            "then";
        if (p.p->waited_word) {
            const std::string back = word_name(*p.p, p.p->waited_word);
            for (const Writer& y : graph.writers(*p.core, p.p->waited_word)) {
                if (y.party.p == p.p || y.use->kind != WordWrite::Add) continue;
                const uint64_t rounds = rounds_of(y.party);
                if (y.use->last > 1 || y.use->count > rounds) {
                    b.who = y.party;
                    b.site = y.use->site;
                    b.did = fmt::format("raises {} by {}, {} times in {} rounds: {} runs ahead of it", back, y.use->last,
                                        y.use->count, rounds, kernel_of(p));
                    b.fix = "raise it by 1, once a round";
                    return b;
                }
            }
            const uint32_t back_id = (p.p->waited_word - p.p->ctx.semaphore_base) / kSemaphoreStride;
            if (back.starts_with("semaphore") && p.core->semaphore_initial[back_id] > 1) {
                b.host = true;
                b.did =
                    fmt::format("{} of the program, whose initial value is {}", back, p.core->semaphore_initial[back_id]);
                b.fix = fmt::format("give it a smaller initial value: {} runs ahead of what is taken", kernel_of(p));
            }
        }
        return b;
    }
    b.did = fmt::format("waits for exactly {}, and it was raised to {}", target, value);
    b.fix = "wait for the number of calls that raise it, and reset it before the next round";
    return b;
}

}  // namespace tw::diagnose
