#include "runtime/balance.h"

#include <algorithm>
#include <bit>
#include <span>

namespace tw::runtime {
namespace {

struct Ends {
    const Processor *producer = nullptr, *consumer = nullptr;
};

// Who pushes and who takes, if that is one processor each, and nothing else is told of the buffer.
Ends ends_of(const tw_core& core, uint32_t cb) {
    Ends ends;
    for (const Processor& p : core.processors) {
        if (!p.image) continue;
        const CbBook& book = p.books[cb];
        if (book.moved || book.told[0] || book.told[1]) return {};
        if (book.push) {
            if (ends.producer) return {};
            ends.producer = &p;
        }
        if (book.consumes()) {
            if (ends.consumer) return {};
            ends.consumer = &p;
        }
    }
    return ends;
}

std::span<const uint32_t> args_of(const Processor& p) {
    return {p.ctx.rt_args, p.ctx.rt_args ? p.ctx.rt_arg_count : 0};
}

bool was_given(const Processor& p, uint32_t pages) {
    return std::ranges::find(args_of(p), pages) != args_of(p).end();
}

// Some arg of this processor is alike on all other cores of its kernel, and another one here.
bool is_odd(std::span<tw_core* const> cores, const Processor& p) {
    for (size_t i = 0; i < args_of(p).size(); ++i) {
        uint32_t others = 0, elsewhere = 0;
        bool alike = true;
        for (const tw_core* core : cores) {
            const Processor& q = core->processors[p.ctx.risc];
            if (&q == &p || q.image != p.image || i >= args_of(q).size()) continue;
            alike &= others++ == 0 || args_of(q)[i] == elsewhere;
            elsewhere = args_of(q)[i];
        }
        if (others >= 2 && alike && elsewhere != args_of(p)[i]) return true;
    }
    return false;
}

// Most often the consumer stops too early. Not where it keeps to a number that the host gave and the producer does not.
bool is_producers_fault(std::span<tw_core* const> cores, const Ends& ends, uint32_t taken, uint32_t pushed) {
    const bool odd_producer = is_odd(cores, *ends.producer), odd_consumer = is_odd(cores, *ends.consumer);
    if (odd_producer != odd_consumer) return odd_producer;
    return was_given(*ends.consumer, taken) && !was_given(*ends.producer, pushed);
}

void pages_left(std::span<tw_core* const> cores, const tw_core& core, uint32_t cb, std::vector<Problem>& out) {
    const Ends ends = ends_of(core, cb);
    if (!ends.producer || !ends.consumer || core.cb_owed[cb] != 0) return;
    const CbBook &pushes = ends.producer->books[cb], &takes = ends.consumer->books[cb];
    // What pads the last block behind a row's end nobody takes: only where a whole push is left it counts.
    const bool pops_some = takes.popped > 0 && takes.popped + pushes.last_push <= pushes.pushed;
    if (takes.reached + pushes.last_push > pushes.pushed && !pops_some) return;
    const bool producer = is_producers_fault(cores, ends, takes.reached, pushes.pushed);
    const Processor& who = producer ? *ends.producer : *ends.consumer;
    const Processor& other = producer ? *ends.consumer : *ends.producer;
    const tw_site* take = takes.pop ? takes.pop : takes.wait;
    Problem p =
        problem_at(&who.ctx, producer ? pushes.push : take, ProblemKind::CbPagesLeft, cb, pushes.pushed, takes.reached);
    p.d = takes.popped;
    p.severity = Severity::Warning;
    p.what = ends.producer->image->name;
    p.why = ends.consumer->image->name;
    p.also.push_back(also_at(&other.ctx, producer ? take : pushes.push, producer ? "taken at" : "pushed at"));
    out.push_back(std::move(p));
}

void pages_unread(const tw_core& core, uint32_t cb, std::vector<Problem>& out) {
    const Processor& unpack = core.processors[TW_TRISC_UNPACK];
    if (!unpack.image) return;
    const CbBook& book = unpack.books[cb];
    if (book.missed_pops == 0 || book.whole_pop || !book.missed_alike || book.moved || book.told[1]) return;
    // Blocks are padded behind their last page, kernels step over pages between those that they need, and a table of masks
    // has some that this shape does not: only a loop that begins late counts, again and again.
    if (book.missed_pops < 2 || !std::has_single_bit(book.missed + 1)) return;
    Problem p = problem_at(&unpack.ctx, book.seen_at, ProblemKind::CbPageUnread, cb,
                           static_cast<uint32_t>(std::countr_zero(book.missed)), book.missed_of);
    p.d = book.missed_pops;
    p.severity = Severity::Warning;
    p.also.push_back(also_at(&unpack.ctx, book.pop, "popped at"));
    out.push_back(std::move(p));
}

}  // namespace

std::vector<Problem> judge_balance(std::span<tw_core* const> cores, bool reads) {
    std::vector<Problem> out;
    for (const tw_core* core : cores) {
        for (uint64_t left = core->cbs; left; left &= left - 1) {
            const auto cb = static_cast<uint32_t>(std::countr_zero(left));
            pages_left(cores, *core, cb, out);
            if (reads) pages_unread(*core, cb, out);
        }
    }
    return out;
}

}  // namespace tw::runtime
