#include "noc/ownership_fault.h"

#include "noc/address.h"

#include <fmt/format.h>

#include <bit>

namespace tw::ownership {
namespace {

using ledger::Memory;
using ledger::Region;
using ledger::RegionKind;
using ledger::Tensor;

std::string name_of(const Region& r) {
    switch (r.kind) {
        case RegionKind::CircularBuffer: {
            std::string text;
            for (uint64_t left = r.cbs; left; left &= left - 1)
                text += fmt::format("{}CB {}", text.empty() ? "" : " and ", std::countr_zero(left));
            return text;
        }
        case RegionKind::Semaphores: return "the semaphores";
        case RegionKind::Arguments: return "the kernels' arguments";
        case RegionKind::Zeros: return "the region that reads as zero";
        case RegionKind::Reserved: break;
    }
    return "what the firmware keeps for itself";
}

// "page 3", "pages 3 and 11": of the bytes of one bank.
std::string pages_text(const Tensor& t, uint64_t offset, uint64_t bytes, uint32_t bank) {
    const uint64_t first = t.page_of(offset, bank), last = t.page_of(offset + (bytes ? bytes - 1 : 0), bank);
    const char* slot = t.interleaved ? "page" : "slot";
    if (t.interleaved && first >= t.pages) return "what its last pages leave of the bank's share";
    return first == last ? fmt::format("{} {}", slot, first) : fmt::format("{}s {} to {}", slot, first, last);
}

std::string describe_dram(const ledger::Launch& launch, ledger::Launch& all, uint64_t local, uint64_t bytes,
                          uint32_t bank) {
    if (const Tensor* t = all.find(Memory::Dram, local))
        return fmt::format("{} of {}", pages_text(*t, local - t->begin, std::min(bytes, t->end - local), bank),
                           launch.name_of(*t));
    if (const auto freed = launch.allocations().freed_at(Memory::Dram, local))
        return fmt::format("memory of a {} that was deallocated", freed->label);
    return "memory that nobody has allocated";
}

std::string describe_l1(ledger::Launch& launch, const ledger::CoreMap* map, uint64_t local, uint64_t bytes, uint32_t bank) {
    const Region* r = map ? map->find(local, 1) : nullptr;
    if (r && r->kind != RegionKind::Reserved) {
        if (r->page_size == 0) return name_of(*r);
        return fmt::format("page {} of {}", (local - r->begin) / r->page_size, name_of(*r));
    }
    if (const Tensor* t = launch.find(Memory::L1, local))
        return fmt::format("{} of {}", pages_text(*t, local - t->begin, std::min(bytes, t->end - local), bank),
                           launch.name_of(*t));
    if (r) return name_of(*r);
    if (const auto freed = launch.allocations().freed_at(Memory::L1, local))
        return fmt::format("memory of a {} that was deallocated", freed->label);
    return "L1 that nobody has allocated";
}

std::string facts_of(const ledger::Launch& launch, const Tensor& t) {
    std::string text = launch.name_of(t);
    if (t.place != ledger::kNone) text += fmt::format(" is a {}", t.allocation->label);
    if (t.interleaved) return fmt::format("{}: {} page{} of {} B", text, t.pages, t.pages == 1 ? "" : "s", t.page_size);
    return fmt::format("{}: {} B on each of its cores", text, t.end - t.begin);
}

Severity severity_of(const tw_ctx* ctx, const Fact& f, bool near) {
    switch (f.fault) {
        case Fault::Stranger: return f.way == Way::Write ? Severity::Error : Severity::Warning;
        // Nobody is hurt by bytes that land in free L1; bytes that come from there are garbage, unless the kernel has put
        // some there itself.
        case Fault::NobodysL1:
            if (near && processor_of(ctx).trail.strayed) return Severity::Warning;
            return near == (f.way == Way::Write) ? Severity::Error : Severity::Warning;
        case Fault::NobodysDram:
            if (f.way == Way::Write) return Severity::Error;
            // The lowest bytes of a bank are never a tensor's: whoever reads them means to.
            return NocAddress(f.address).local < ctx->core->ledger->dram_base() ? Severity::Note : Severity::Warning;
        default: return Severity::Error;
    }
}

uint32_t tell(tw_ctx* ctx, const Fact& f, bool near, std::string&& subject, std::string&& facts, std::string&& there,
              const tw_site* site) {
    Problem p = problem_at(ctx, site, ProblemKind::Ownership, static_cast<uint64_t>(f.fault), f.bytes, f.address);
    p.d = uint64_t{f.pointer} << 2 | uint64_t{near} << 1 | (f.way == Way::Write);
    if (f.pointer) p.line = 0;
    p.what = std::move(subject);
    p.why = std::move(facts);
    p.fix = std::move(there);
    const bool error = severity_of(ctx, f, near) == Severity::Error;
    if (!ctx->core->host->checks.has(Check::Memory)) return f.bytes;
    p.severity = severity_of(ctx, f, near);
    if (near && f.fault == Fault::NobodysL1 && f.way == Way::Read) processor_of(ctx).trail.strayed = true;
    if (error) __atomic_store_n(&ctx->core->ledger->refused, true, __ATOMIC_RELAXED);
    report(ctx, std::move(p));
    return error ? f.fits : f.bytes;
}

}  // namespace

uint32_t refuse(tw_ctx* ctx, const Fact& f, const tw_site* site) {
    ledger::Launch& launch = *ctx->core->ledger;
    const NocAddress at(f.address);
    const NocTarget& target = ctx->core->noc_map->at(at.x, at.y);
    std::string subject, facts;
    Tensor* t = f.tensor;
    if (f.origin && f.origin->tensor) t = f.origin->tensor;
    if (t) {  // it was meant, and is not one that nobody used
        ledger::Access& first = f.way == Way::Read ? t->first_read : t->first_write;
        if (!first.who && f.fault != Fault::Stranger) first = {ctx, site};
    }
    if (f.origin) {
        subject =
            t ? fmt::format("page {} of {}", f.origin->page, launch.name_of(*t)) : fmt::format("page {}", f.origin->page);
        if (f.fault == Fault::LeftPage) subject += fmt::format(" + {} B", f.address - f.origin->address);
        if (!t || f.origin->base != t->begin) subject += fmt::format(" (base {:#x})", f.origin->base);
    } else if (t) {
        const uint64_t offset = at.local - t->begin, page = t->page_of(offset, target.bank);
        subject =
            t->interleaved && page < t->pages ? fmt::format("page {} of {}", page, launch.name_of(*t)) : launch.name_of(*t);
    } else if (f.region) {
        subject = name_of(*f.region);
        facts = fmt::format("{} is at {:#x} to {:#x} there", subject, f.region->begin, f.region->end);
    }
    if (t) facts = facts_of(launch, *t);
    if (f.origin && !t)
        facts = fmt::format("at the base {:#x} is {}", f.origin->base,
                            describe_dram(launch, launch, f.origin->base, 1, target.bank));
    const uint64_t outside = at.local + f.fits;
    const uint64_t bytes = f.bytes - f.fits;
    std::string there = target.is_l1
                            ? describe_l1(launch, target.core ? target.core->map : nullptr, outside, bytes, target.bank)
                            : describe_dram(launch, launch, outside, bytes, target.bank);
    return tell(ctx, f, false, std::move(subject), std::move(facts), std::move(there), site);
}

uint32_t refuse_near(tw_ctx* ctx, const Fact& f, const tw_site* site) {
    ledger::Launch& launch = *ctx->core->ledger;
    std::string subject, facts;
    if (f.region) {
        subject = name_of(*f.region);
        facts = fmt::format("{} is at L1 {:#x} to {:#x}", subject, f.region->begin, f.region->end);
        if (f.region->page_size)
            facts += fmt::format(": {} page{} of {} B", (f.region->end - f.region->begin) / f.region->page_size,
                                 f.region->end - f.region->begin == f.region->page_size ? "" : "s", f.region->page_size);
    } else if (f.tensor) {
        subject = launch.name_of(*f.tensor);
        facts = facts_of(launch, *f.tensor);
    }
    const uint32_t bank = ctx->core->noc_map->at(ctx->my_x[0], ctx->my_y[0]).bank;
    std::string there = describe_l1(launch, ctx->core->map, f.address + f.fits, f.bytes - f.fits, bank);
    return tell(ctx, f, true, std::move(subject), std::move(facts), std::move(there), site);
}

void warn_stranger(tw_ctx* ctx, Tensor& t, const ledger::Trail::Origin& origin, Way way, uint64_t address, uint32_t bytes,
                   const tw_site* site) {
    if ((way == Way::Read ? t.first_read : t.first_write).who) return;
    refuse(ctx, {Fault::Stranger, way, address, bytes, &t, &origin, bytes}, site);
}

}  // namespace tw::ownership
