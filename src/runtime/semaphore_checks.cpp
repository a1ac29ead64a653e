#include "runtime/semaphore_checks.h"

#include "noc/address.h"

#include <algorithm>

namespace tw::runtime {
namespace {

bool reaches(const WordUse& use, const tw_ctx& at, uint32_t word) {
    const NocAddress a(use.address);
    if (a.local != word) return false;
    if (!use.multicast) return a.x == at.my_x[0] && a.y == at.my_y[0];
    const auto [left, right] = std::minmax(a.start_x, a.x);
    const auto [top, bottom] = std::minmax(a.start_y, a.y);
    return at.my_x[0] >= left && at.my_x[0] <= right && at.my_y[0] >= top && at.my_y[0] <= bottom;
}

struct SemaphoreJudge {
    std::span<tw_core* const> cores;
    std::vector<Problem> problems = {};

    struct Write {
        const Processor* by = nullptr;
        const WordUse* use = nullptr;
    };
    // By a processor of another core, `only` (if given).
    Write written_by_others(const tw_core& core, const tw_ctx& at, uint32_t word, bool adds_only,
                            const tw_core* only = nullptr) const {
        for (const tw_core* other : cores) {
            if (other == &core || (only && other != only)) continue;
            for (const Processor& p : other->processors) {
                if (!p.image) continue;
                for (const WordUse& use : p.words.uses())
                    if ((use.kind == WordWrite::Add || !adds_only) && reaches(use, at, word)) return {&p, &use};
            }
        }
        return {};
    }

    const tw_core* core_at(uint64_t noc_address) const {
        const NocAddress a(noc_address);
        const auto found = std::ranges::find_if(cores, [&](const tw_core* core) {
            return std::ranges::any_of(core->processors, [&](const Processor& p) {
                return p.image && p.ctx.my_x[0] == a.x && p.ctx.my_y[0] == a.y;
            });
        });
        return found == cores.end() ? nullptr : *found;
    }

    void tell(SemaphoreFault fault, const Processor& who, const tw_site* site, uint32_t id, uint64_t value,
              const Write& other, const char* role) {
        Problem p = problem_at(&who.ctx, site, ProblemKind::SemaphoreLeft, id, value, static_cast<uint64_t>(fault));
        p.severity = Severity::Warning;
        if (other.use) p.also.push_back(also_at(&other.by->ctx, other.use->site, role));
        problems.push_back(std::move(p));
    }

    void look_at(const tw_core& core, uint32_t id) {
        const SemaphoreBook& book = core.semaphore_books[id];
        if (book.waits == 0 && book.sets == 0) return;
        const Processor& waiter = core.processors[book.waiter];
        const Processor& setter = core.processors[book.setter];
        const tw_ctx& ctx = (book.waits ? waiter : setter).ctx;
        const uint32_t word = ctx.semaphore_base + id * kSemaphoreStride;
        if (book.waits == 0) {
            if (book.looked || book.last_value != 0) return;
            if (const Write by = written_by_others(core, ctx, word, false); by.use)
                tell(SemaphoreFault::NeverAwaited, setter, book.last_set, id, by.use->last, by, "raised at");
            return;
        }
        const Write raised = written_by_others(core, ctx, word, true);
        if (raised.use && !book.prompted && book.set_first && book.wait_last && book.sets == book.waits && book.sets >= 2 &&
            book.first_set == book.last_set) {
            tell(SemaphoreFault::ResetEarly, setter, book.first_set, id, 0, raised, "raised at");
            return;
        }
        if (book.late_set) {
            const tw_core* target = core_at(book.late_target);
            const Write by = target ? written_by_others(core, ctx, word, false, target) : Write{};
            if (by.use) {
                tell(SemaphoreFault::ResetLate, setter, book.late_set, id, 0, by, "written at");
                problems.back().also.push_back(also_at(&setter.ctx, book.late_add, "told to go on at"));
                return;
            }
        }
        if (!raised.use) return;
        const uint32_t value = __atomic_load_n(reinterpret_cast<const uint32_t*>(ctx.l1 + word), __ATOMIC_RELAXED);
        if (book.equal != 0 && book.least == 0 && !book.looked && value > book.equal)
            tell(SemaphoreFault::Overshot, waiter, book.wait, id, value, raised, "raised at");
    }
};

}  // namespace

std::vector<Problem> judge_semaphores(std::span<tw_core* const> cores) {
    SemaphoreJudge judge{cores};
    for (const tw_core* core : cores)
        for (uint32_t id = 0; id < kMostSemaphores; ++id) judge.look_at(*core, id);
    return std::move(judge.problems);
}

}  // namespace tw::runtime
