#include "compute/pack_book.h"

#include "compute/access.h"

#include <string_view>

namespace tw {

bool OneSection::is_left_on(uint32_t now, const tw_site* site) {
    if (over || !site) return false;
    if (!section) {
        section = site;
        number = now;
        return false;
    }
    if (now == number) return false;
    over = true;
    return now == number + 1 && site->line > section->line && std::string_view(site->file) == section->file;
}

namespace compute {
namespace {

// Somebody else than the packer puts data into its pages, or it lies in a tensor.
bool is_filled_by_others(const tw_ctx* ctx, uint32_t cb, uint32_t address) {
    for (const Processor& p : ctx->core->processors)
        if (p.ctx.risc != ctx->risc && p.books[cb].produces()) return true;
    if (!ctx->core->map) return true;
    const ledger::Region* region = ctx->core->map->find(address, 1);
    return !region || region->pinned || region->cb != cb;
}

// Read back by this kernel, or by others?
bool is_consumed(const tw_ctx* ctx, uint32_t cb, bool by_unpacker) {
    for (const Processor& p : ctx->core->processors)
        if ((p.ctx.risc == TW_TRISC_UNPACK) == by_unpacker && p.books[cb].consumes()) return true;
    return false;
}

[[gnu::cold, gnu::noinline]] void tell(tw_ctx* ctx, ComputeState& s, uint32_t cb, uint32_t how, const tw_site* site) {
    PackBook& book = s.pack_book;
    if (book.told[cb]) return;
    book.told[cb] = true;
    Problem p = problem_at(ctx, site, ProblemKind::AccumulatesOnNothing, cb, how);
    if (how == 2) p.severity = Severity::Warning;
    const ThreadConfig& t = s.config[TW_TRISC_PACK - TW_TRISC_UNPACK];
    const ConfigSetter& by = t.by[static_cast<uint32_t>(ConfigField::P_l1acc)];
    if (by.site) p.also.push_back(also_at(ctx, by.site, "set by"));
    report(ctx, std::move(p));
}

Problem packed_over(const tw_ctx* ctx, const PackBook& book) {
    Problem p = problem_at(ctx, book.over, ProblemKind::PackedOver, book.over_cb);
    p.severity = Severity::Warning;
    if (book.under) p.also.push_back(also_at(ctx, book.under, "packed before at"));
    return p;
}

}  // namespace

void note_page(tw_ctx* ctx, ComputeState& s, uint32_t cb, uint32_t address, const tw_site* site) {
    const uint32_t granule = address / PackBook::kGranule;
    if (granule >= PackBook::kGranules || !s.config[0].rows) return;
    PackBook& book = s.pack_book;
    const uint16_t before = book.stamps[granule], now = PackBook::stamp(cb, processor_of(ctx).books[cb].pushed);
    if (__builtin_expect(s.pack_accumulate, 0)) {
        if (before == 0) {
            if (!is_filled_by_others(ctx, cb, address)) tell(ctx, s, cb, 1, site);
        } else if (before != now && before >> 10 == cb && is_consumed(ctx, cb, false) && !is_consumed(ctx, cb, true)) {
            tell(ctx, s, cb, 2, site);
        }
    } else if (__builtin_expect(before == now, 0)) {
        if (!book.over && !is_consumed(ctx, cb, true) && !is_filled_by_others(ctx, cb, address)) {
            book.over = site;
            book.under = book.last[cb];
            book.over_cb = cb;
        }
    }
    book.stamps[granule] = now;
    book.last[cb] = site;
}

void note_accumulation(tw_ctx* ctx, ComputeState& s, bool on) {
    PackBook& book = s.pack_book;
    if (book.over && !on && !s.pack_accumulate && s.config[0].rows) report(ctx, packed_over(ctx, book));
    book.over = nullptr;
    // A startup puts it off, too.
    const ThreadConfig& t = s.config[TW_TRISC_PACK - TW_TRISC_UNPACK];
    book.knows_accumulation |=
        t.by[static_cast<uint32_t>(ConfigField::P_l1acc)].call == static_cast<uint32_t>(ConfigCall::pack_reconfig_l1_acc);
    s.pack_accumulate = on;
}

}  // namespace compute

std::vector<Problem> judge_packs(const tw_core& core) {
    std::vector<Problem> out;
    const Processor& pack = core.processors[TW_TRISC_PACK];
    if (!core.compute || !pack.image) return out;
    const PackBook& book = core.compute->pack_book;
    if (book.over && !book.knows_accumulation) out.push_back(compute::packed_over(&pack.ctx, book));
    return out;
}

}  // namespace tw
