#include "runtime/roles.h"

#include "core/core.h"
#include "runtime/page_shares.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tw::runtime {
namespace {

using ledger::Tensor;

// A kernel reaches its own core's shard by pointers, too: of such a tensor it cannot be said that it was not used.
bool is_seen(const Tensor& t) {
    return !t.pinned && (t.interleaved || t.allocation->memory == ledger::Memory::Dram);
}

bool is_untouched(const Tensor& t) {
    return !t.first_read.who && !t.first_write.who && is_seen(t);
}

// The places of a program's arguments at which an address stands, as (processor, index); common ones count from 2^16.
// Kernels of one processor on different cores, built for other numbers, have the same places.
using Places = std::set<std::pair<uint32_t, uint32_t>>;
Places places_of(uint64_t address, std::span<const CoreLaunch> launches) {
    Places found;
    for (const CoreLaunch& launch : launches) {
        for (uint32_t risc = 0; risc < TW_RISC_COUNT; ++risc) {
            const KernelOnCore& kernel = launch.kernels[risc];
            const uint32_t processor = std::min<uint32_t>(risc, TW_TRISC_UNPACK);
            if (!kernel.image) continue;
            for (uint32_t i = 0; i < kernel.args.size(); ++i)
                if (kernel.args[i] == address) found.emplace(processor, i);
            for (uint32_t i = 0; i < kernel.common_args.size(); ++i)
                if (kernel.common_args[i] == address) found.emplace(processor, 1u << 16 | i);
        }
    }
    return found;
}

struct Judge {
    ledger::Launch& ledger;
    std::span<const CoreLaunch> launches;
    bool clean;  // nothing has been found so far
    std::vector<Problem> problems = {};

    void tell(ProblemKind kind, Severity severity, const ledger::Access& at, const Tensor& t, uint64_t a, uint64_t b,
              std::string more = {}) {
        Problem p;
        if (at.who) {
            p = problem_at(at.who, at.site, kind, a, b);
        } else {
            p.kind = kind;
            p.a = a;
            p.b = b;
            p.core_x = static_cast<uint16_t>(launches.front().core.x);
            p.core_y = static_cast<uint16_t>(launches.front().core.y);
        }
        p.severity = severity;
        p.what = fmt::format("{} ({})", ledger.name_of(t), t.allocation->label);
        p.why = std::move(more);
        problems.push_back(std::move(p));
    }

    // The list's last tensor is the output; others stand before it. Programs that write in place, or several outputs,
    // write the last one, too.
    void writes_into_inputs(const std::vector<Tensor*>& all) {
        const Tensor& last = *all.back();
        if (last.first_write.who || !is_seen(last)) return;
        if (last.first_read.who && last.had_data) return;
        for (const Tensor* t : all)
            if (t != &last && t->first_write.who)
                tell(ProblemKind::WroteInput, Severity::Error, t->first_write, *t, t->place, last.place,
                     ledger.name_of(last));
    }

    size_t listed(const Tensor& t) const {
        size_t count = 0;
        for (uint32_t place = 0; place < ledger.tensors_in_call(); ++place) count += ledger.in_call(place) == &t;
        return count;
    }

    void inputs_not_read(const std::vector<Tensor*>& all) {
        const bool any_read = std::ranges::any_of(all, [](const Tensor* t) { return t->first_read.who != nullptr; });
        if (!any_read && (!clean || !all.back()->first_write.who)) return;
        for (const Tensor* t : all) {
            if (t == all.back() || !is_untouched(*t)) continue;
            const Places own = places_of(t->begin, launches);
            // One that no kernel was told of may stand in the list for the shape of the call only, unless another one's
            // address is where its own belongs.
            const Tensor* instead = nullptr;
            for (const Tensor* other : all) {
                if (other == t || !other->first_read.who) continue;
                // In place: it stands in the list as often as in the arguments.
                if (places_of(other->begin, launches).size() > listed(*other)) instead = other;
            }
            if (own.empty() && !instead) continue;
            tell(ProblemKind::InputNotRead, Severity::Warning, instead ? instead->first_read : ledger::Access{}, *t,
                 t->place, own.size(), instead ? ledger.name_of(*instead) : std::string());
        }
    }

    // Where it waited for pages that it popped without looking at one; else its last call is as near as can be.
    static const tw_site* site_before_use(const tw_ctx& ctx) {
        for (const CbBook& book : processor_of(&ctx).books)
            if (book.wait && book.pop && !book.any_seen) return book.wait;
        return ctx.site;
    }

    // The output was given to a kernel, and nobody wrote it.
    void output_not_written(const std::vector<Tensor*>& all) {
        const Tensor& last = *all.back();
        const ledger::Access* reader = nullptr;
        for (const Tensor* t : all) {
            if (t->first_write.who) return;
            if (t != &last && t->first_read.who) reader = &t->first_read;
        }
        if (!is_untouched(last) || last.had_data || last.pages == 0) return;
        for (const CoreLaunch& launch : launches) {
            const tw_core* core = reader ? reader->who->core : nullptr;
            if (core && (launch.core.x != core->coord.x || launch.core.y != core->coord.y)) continue;
            for (uint32_t risc = 0; risc < TW_RISC_COUNT; ++risc) {
                const KernelOnCore& kernel = launch.kernels[risc];
                const auto has = [&](std::span<const uint32_t> args) {
                    return std::ranges::find(args, last.begin) != args.end();
                };
                if (!kernel.image || (!has(kernel.args) && !has(kernel.common_args))) continue;
                const tw_ctx* ctx = core ? &core->processors[risc].ctx : nullptr;
                tell(ProblemKind::PagesNotWritten, Severity::Warning, {ctx, ctx ? site_before_use(*ctx) : nullptr}, last,
                     last.place, last.pages, fmt::format("any of its {} pages", last.pages));
                if (ctx) return;
                Problem& p = problems.back();
                p.kernel = kernel.image->name;
                p.core_x = static_cast<uint16_t>(launch.core.x);
                p.core_y = static_cast<uint16_t>(launch.core.y);
                p.risc = static_cast<uint8_t>(risc);
                return;
            }
        }
    }

    // The arg that says where a core's pages begin, on this core and on the others alike.
    std::string share_arg(const Tensor& t, std::span<const uint8_t> by, const ShiftedShare& shift) const {
        const tw_ctx* odd = t.of_core[shift.core].who;
        const std::span mine(odd->rt_args, odd->rt_args ? odd->rt_arg_count : 0);
        for (uint32_t i = 0; i < mine.size(); ++i) {
            if (mine[i] != shift.first) continue;
            bool alike = true;
            for (uint32_t core = 1; core < Tensor::kCoreNumbers; ++core) {
                const tw_ctx* other = t.of_core[core].who;
                if (!other || core == shift.core || other->risc != odd->risc) continue;
                const auto first = static_cast<uint64_t>(std::ranges::find(by, static_cast<uint8_t>(core)) - by.begin());
                const uint64_t before = first > 0 && by[first - 1] == Tensor::kSeveral ? first - 1 : first;
                alike &= i < other->rt_arg_count && other->rt_args[i] <= first && other->rt_args[i] + first >= 2 * before;
            }
            if (alike)
                return fmt::format("; runtime arg {} is {} on this core, and {} would leave no gap", i, mine[i],
                                   shift.left_first);
        }
        return {};
    }

    bool share_shifted(const Tensor& t, std::span<const uint8_t> by, bool written) {
        const std::optional<ShiftedShare> shift = find_shifted_share(by);
        if (!shift || !t.of_core[shift->core].who) return false;
        tell(ProblemKind::SharesShifted, Severity::Warning, t.of_core[shift->core], t, t.place, shift->first);
        Problem& p = problems.back();
        p.c = shift->left_first;
        p.d = written;
        const std::string verb = written ? "written" : "read";
        const auto range = [](uint64_t first, uint64_t last) {
            return first == last ? fmt::format("page {}", first) : fmt::format("pages {} to {}", first, last);
        };
        p.why = fmt::format("this core {} {}, and the others leave it {}", written ? "writes" : "reads",
                            range(shift->first, shift->last), range(shift->left_first, shift->left_last)) +
                share_arg(t, by, *shift);
        return true;
    }

    void shares_of_inputs(const std::vector<Tensor*>& all) {
        for (const Tensor* t : all)
            if (t->first_read.who && !t->first_write.who && !t->reader.empty()) share_shifted(*t, t->reader, false);
    }

    void pages_of_outputs(const std::vector<Tensor*>& all) {
        for (const Tensor* t : all) {
            if (!t->first_write.who || t->first_read.who || t->writer.empty()) continue;
            if (share_shifted(*t, t->writer, true)) continue;
            if (t->twice.who) tell(ProblemKind::PageWrittenTwice, Severity::Warning, t->twice, *t, t->place, t->twice_page);
            if (t->had_data || t->pinned) continue;
            const auto missing = static_cast<uint64_t>(std::ranges::count(t->writer, 0));
            if (missing == 0) continue;
            const auto first = static_cast<uint64_t>(std::ranges::find(t->writer, 0) - t->writer.begin());
            tell(ProblemKind::PagesNotWritten, Severity::Warning, t->first_write, *t, t->place, missing,
                 fmt::format("{} of its {} pages, the first of them page {}", missing, t->pages, first));
        }
    }
};

}  // namespace

std::vector<Problem> judge_roles(ledger::Launch& ledger, std::span<const CoreLaunch> launches, bool clean) {
    std::vector<Tensor*> all;  // each once, in the order of their last places
    for (uint32_t place = 0; place < ledger.tensors_in_call(); ++place)
        if (Tensor* t = ledger.in_call(place); t && t->place == place) all.push_back(t);
    Judge judge{ledger, launches, clean};
    if (!all.empty()) {
        if (!ledger.refused) judge.writes_into_inputs(all);
        judge.inputs_not_read(all);
        // What was refused is not missing for a reason of its own.
        if (!ledger.refused) judge.shares_of_inputs(all);
        if (!ledger.refused) judge.pages_of_outputs(all);
        if (!ledger.refused) judge.output_not_written(all);
    }
    return std::move(judge.problems);
}

}  // namespace tw::runtime
