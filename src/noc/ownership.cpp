#include "noc/ownership.h"

#include "core/cb_formats.h"
#include "core/code_site.h"
#include "noc/address.h"
#include "noc/ownership_fault.h"

#include <algorithm>

namespace tw::ownership {
namespace {

using ledger::CoreMap;
using ledger::Memory;
using ledger::Region;
using ledger::RegionKind;
using ledger::Tensor;
using ledger::Trail;

uint8_t core_number(const tw_ctx* ctx) {
    return static_cast<uint8_t>(1 + (ctx->logical_y * 16u + ctx->logical_x) % (Tensor::kCoreNumbers - 1));
}

void note_access(tw_ctx* ctx, Tensor& t, uint64_t page, uint64_t in_page, uint32_t bytes, Way way, const tw_site* site) {
    processor_of(ctx).trail.far = &t;
    ledger::Access& first = way == Way::Read ? t.first_read : t.first_write;
    if (__builtin_expect(!first.who, 0)) {
        first.site = site;
        __atomic_store_n(&first.who, ctx, __ATOMIC_RELEASE);
    }
    if (page >= t.writer.size()) return;
    const uint8_t me = core_number(ctx);
    if (__builtin_expect(!t.of_core[me].who, 0)) t.of_core[me] = {ctx, site};
    if (way == Way::Read) {
        uint8_t& by = t.reader[page];
        if (__builtin_expect(by != me, 0)) by = by == 0 ? me : Tensor::kSeveral;
    } else {
        const bool whole = in_page == 0 && bytes >= t.page_size;
        uint8_t& by = t.writer[page];
        if (whole) {
            const bool twice = by != 0 && by != me && by != Tensor::kPartly;
            if (__builtin_expect(twice && !t.twice.who, 0)) {
                t.twice_page = static_cast<uint32_t>(page);
                t.twice = {ctx, site};
            }
            by = twice ? Tensor::kSeveral : me;
        } else if (by == 0) {
            by = Tensor::kPartly;
        }
    }
}

// An accessor's address plus an offset that leaves the page.
const Trail::Origin* origin_before(const Trail& trail, uint64_t noc_address, const Tensor& hit) {
    constexpr uint64_t kFar = 1 << 20;
    const Trail::Origin* nearest = nullptr;
    for (const Trail::Origin& o : trail.origins) {
        if (o.address == 0 || o.limit == 0 || !o.tensor || noc_address <= o.address) continue;
        const uint64_t delta = noc_address - o.address;  // of another bank: more than 2^36
        if (delta >= kFar) continue;
        if (o.tensor != &hit && !hit.by_accessor && delta > 2 * o.tensor->stride) continue;
        if (!nearest || o.address > nearest->address) nearest = &o;
    }
    return nearest;
}

// Of a tensor that covers the first byte.
uint32_t check_tensor(tw_ctx* ctx, Tensor& t, const NocTarget& target, uint64_t noc_address, uint64_t local, uint32_t bytes,
                      Way way, const tw_site* site) {
    const uint64_t offset = local - t.begin;
    if (!t.interleaved) {
        if (!t.allocation->is_on(target.bank)) return refuse(ctx, {Fault::NoShardHere, way, noc_address, bytes, &t}, site);
        if (local + bytes > t.end) {
            return refuse(ctx, {Fault::PastShard, way, noc_address, bytes, &t, nullptr, uint32_t(t.end - local)}, site);
        }
        note_access(ctx, t, t.pages, 0, bytes, way, site);
        return bytes;
    }
    const uint32_t in_page = static_cast<uint32_t>(offset) % t.stride;
    const uint64_t page = t.page_of(offset, target.bank);
    const Trail& trail = processor_of(ctx).trail;
    const bool paged = t.by_accessor && !t.derived.empty();
    if (page >= t.pages || (paged && !t.derived[page])) {
        if (const Trail::Origin* from = origin_before(trail, noc_address, t))
            return refuse(ctx, {Fault::LeftPage, way, noc_address, bytes, &t, from}, site);
    }
    if (page >= t.pages) return refuse(ctx, {Fault::NoSuchPage, way, noc_address, bytes, &t}, site);
    const uint64_t end = paged ? local - in_page + t.stride : t.end;
    if (local + bytes > end)
        return refuse(ctx, {Fault::PastPage, way, noc_address, bytes, &t, nullptr, uint32_t(end - local)}, site);
    note_access(ctx, t, page, in_page, bytes, way, site);
    return bytes;
}

uint32_t check_far_l1(tw_ctx* ctx, const NocTarget& target, uint64_t noc_address, uint64_t local, uint32_t bytes, Way way,
                      const tw_site* site) {
    const CoreMap* map = target.core ? target.core->map : nullptr;
    const Region* region = map ? map->find(local, bytes) : nullptr;
    Tensor* tensor =
        region && !region->pinned && local + bytes <= region->end ? nullptr : ctx->core->ledger->find(Memory::L1, local);
    if (tensor) return check_tensor(ctx, *tensor, target, noc_address, local, bytes, way, site);
    if (!region) {
        // A core that is no part of the program has no circular buffers; its lowest L1 is the same on all cores.
        if (!map) return bytes;
        return refuse(ctx, {Fault::NobodysL1, way, noc_address, bytes}, site);
    }
    if (region->kind == RegionKind::Reserved) return refuse(ctx, {Fault::ReservedL1, way, noc_address, bytes}, site);
    if (local + bytes > region->end)
        return refuse(ctx,
                      {Fault::PastRegion, way, noc_address, bytes, nullptr, nullptr, uint32_t(region->end - local), region},
                      site);
    return bytes;
}

// Not what the last accessor calls gave.
[[gnu::noinline]] uint32_t check_unknown(tw_ctx* ctx, const NocTarget& target, uint64_t noc_address, uint32_t bytes,
                                         Way way, const tw_site* site) {
    const uint64_t local = NocAddress(noc_address).local;
    if (target.is_l1) return check_far_l1(ctx, target, noc_address, local, bytes, way, site);
    Trail& trail = processor_of(ctx).trail;
    Tensor* t = trail.hit[0];
    if (!t || local < t->begin || local >= t->end) t = trail.hit[0] = ctx->core->ledger->find(Memory::Dram, local);
    if (t) return check_tensor(ctx, *t, target, noc_address, local, bytes, way, site);
    for (const Trail::Origin& o : trail.origins) {
        if (o.tensor && o.limit && noc_address > o.address && noc_address - o.address < (1 << 20))
            return refuse(ctx, {Fault::LeftPage, way, noc_address, bytes, nullptr, &o}, site);
    }
    return refuse(ctx, {Fault::NobodysDram, way, noc_address, bytes}, site);
}

}  // namespace

uint32_t check_far(tw_ctx* ctx, const NocTarget& target, uint64_t noc_address, uint32_t bytes, Way way,
                   const tw_site* site) {
    Trail& trail = processor_of(ctx).trail;
    trail.far = nullptr;
    for (uint32_t i = 1; i <= 4; ++i) {
        const Trail::Origin& o = trail.origins[(trail.next - i) & 3];  // the youngest first
        if (o.address != noc_address) continue;
        const uint64_t local = NocAddress(noc_address).local;
        if (__builtin_expect(local + bytes > o.limit, 0)) {
            const Fault fault = !o.tensor      ? Fault::NoTensorAtBase
                                : o.limit == 0 ? o.page < o.tensor->pages ? Fault::WrongPage : Fault::NoSuchPage
                                               : Fault::PastPage;
            const uint32_t fits = o.limit > local ? static_cast<uint32_t>(o.limit - local) : 0;
            return refuse(ctx, {fault, way, noc_address, bytes, o.tensor, &o, fits}, site);
        }
        Tensor& t = *o.tensor;
        if (__builtin_expect(t.place == ledger::kNone, 0)) warn_stranger(ctx, t, o, way, noc_address, bytes, site);
        note_access(ctx, t, o.page, local + t.stride - o.limit, bytes, way, site);
        return bytes;
    }
    return check_unknown(ctx, target, noc_address, bytes, way, site);
}

uint32_t check_multicast(tw_ctx* ctx, uint64_t rectangle, uint32_t bytes, const tw_site* site) {
    const NocAddress a(rectangle);
    const NocMap& map = *ctx->core->noc_map;
    const CoreMap* asked = nullptr;
    uint32_t fits = bytes;
    for (uint32_t y = std::min(a.y, a.start_y); y <= std::max(a.y, a.start_y); ++y) {
        for (uint32_t x = std::min(a.x, a.start_x); x <= std::max(a.x, a.start_x); ++x) {
            const NocTarget& target = map.at(x, y);
            if (!target.core || target.core->map == asked) continue;
            asked = target.core->map;
            fits = std::min(fits, check_far_l1(ctx, target, noc_unicast(x, y, a.local), a.local, bytes, Way::Write, site));
        }
    }
    return fits;
}

namespace {

// Of this core's own L1, not in the regions that were used last. The region that the bytes lie in; null: in no region, or
// what is wrong has been told. `code`: of a pointer's access, which has no site yet.
const Region* look_near(tw_ctx* ctx, uint32_t l1, uint32_t& bytes, const Fact& as, const tw_site* site, const void* code) {
    const CoreMap& map = *ctx->core->map;
    const Region* region = map.find(l1, bytes);
    const bool whole = region && uint64_t{l1} + bytes <= region->end;
    if (whole && !region->pinned && region->kind != RegionKind::Reserved) return region;
    const auto refuse_here = [&](Fault fault, Tensor* tensor, uint32_t fits, const Region* in) -> const Region* {
        Fact fact = as;
        fact.fault = fault;
        fact.tensor = tensor;
        fact.fits = fits;
        fact.region = in;
        bytes = refuse_near(ctx, fact, code ? code_site(code) : site);
        return nullptr;
    };
    ledger::Launch& launch = *ctx->core->ledger;
    if (Tensor* t = launch.find(Memory::L1, l1)) {
        const uint32_t bank = ctx->core->noc_map->at(ctx->my_x[0], ctx->my_y[0]).bank;
        if (t->interleaved || t->allocation->is_on(bank)) {
            if (uint64_t{l1} + bytes <= t->end) {
                processor_of(ctx).trail.own = t;
                if (as.way == Way::Read) ledger::note_own_store(*t, ctx, site);
                return nullptr;
            }
            return refuse_here(Fault::PastShard, t, static_cast<uint32_t>(t->end - l1), nullptr);
        }
    }
    if (!region) return refuse_here(Fault::NobodysL1, nullptr, 0, nullptr);
    if (region->kind == RegionKind::Reserved) return refuse_here(Fault::ReservedL1, nullptr, 0, nullptr);
    if (!whole) return refuse_here(Fault::PastRegion, nullptr, region->end - l1, region);
    return region;
}

bool is_in_last(const Trail& trail, uint32_t l1, uint32_t bytes, const Region*& found) {
    for (const Region* r : trail.local) {
        if (!r || l1 < r->begin || uint64_t{l1} + bytes > r->end) continue;
        found = r;
        return true;
    }
    return false;
}

}  // namespace

uint32_t check_near(tw_ctx* ctx, uint32_t l1, uint32_t bytes, Way way, const tw_site* site) {
    Trail& trail = processor_of(ctx).trail;
    if (is_in_last(trail, l1, bytes, trail.near)) return bytes;
    const Fact fact{.fault = Fault::NobodysL1, .way = way, .address = l1, .bytes = bytes};
    const Region* region = look_near(ctx, l1, bytes, fact, site, nullptr);
    trail.near = region;
    if (!region) return bytes;
    trail.local[1] = trail.local[0];
    trail.local[0] = region;
    return bytes;
}

// A store is what a read is on this side: bytes come. What the last transfer touched stays as it is.
Extent check_pointer(tw_ctx* ctx, uint32_t l1, uint32_t bytes, bool store, const void* code) {
    Trail& trail = processor_of(ctx).trail;
    const Region* region = nullptr;
    if (is_in_last(trail, l1, bytes, region)) return {region->begin, region->end};
    const auto is_own = [&] { return trail.own && l1 >= trail.own->begin && uint64_t{l1} + bytes <= trail.own->end; };
    if (!is_own()) {
        const Fact fact{.fault = Fault::NobodysL1,
                        .way = store ? Way::Read : Way::Write,
                        .address = l1,
                        .bytes = bytes,
                        .pointer = true};
        region = look_near(ctx, l1, bytes, fact, nullptr, code);
    }
    if (region) {
        trail.local[1] = trail.local[0];
        trail.local[0] = region;
        return {region->begin, region->end};
    }
    if (!is_own()) return {};
    if (store) ledger::note_own_store(*trail.own, ctx, ctx->site);
    return {static_cast<uint32_t>(trail.own->begin), static_cast<uint32_t>(trail.own->end)};
}

void note_formats(tw_ctx* ctx, Way way, const tw_site* site) {
    const Trail& trail = processor_of(ctx).trail;
    if (!trail.near || trail.near->cb >= TW_MAX_CBS || !trail.far || trail.far->format == 0) return;
    if (way == Way::Read) {
        note_read(ctx, trail.near->cb, trail.far->format);
    } else {
        check_written_to(ctx, trail.near->cb, trail.far->format, site);
    }
}

void note_page(tw_ctx* ctx, bool is_dram, uint32_t page, uint32_t bank, uint32_t base, uint32_t stride, uint64_t local,
               uint64_t noc_address) {
    Trail& trail = processor_of(ctx).trail;
    const uint64_t key = uint64_t{base} << 1 | is_dram;
    Trail::Base& known = trail.bases[(base >> 5 ^ base >> 11) & 7];
    if (known.key != key) {
        known.key = key;
        known.tensor = ctx->core->ledger->find(is_dram ? Memory::Dram : Memory::L1, base);
    }
    Tensor* t = known.tensor;
    // In L1 an address generator may stand on other memory than a tensor's, and on a shard: judged by what is hit.
    if (!is_dram && !t) return;
    Trail::Origin& o = trail.origins[trail.next++ & 3];
    o = {.address = noc_address, .limit = 0, .tensor = t, .page = page, .base = base};
    if (!t) return;
    if (!t->interleaved) {
        o.address = 0;
        return;
    }
    if (!t->by_accessor) t->by_accessor = true;
    uint64_t landed = page;
    if (base == t->begin && stride == t->stride) {
        if (page < t->pages) o.limit = base + uint64_t{page / t->banks + 1} * stride;
    } else if (local >= t->begin && local < t->end) {
        // Inside of a page, or on a later row of pages: kernels that read a slice pass such a base.
        const uint64_t row = (local - t->begin) / t->stride;
        landed = row * t->banks + bank;
        const bool shifted = base - t->begin >= t->stride;
        if (landed < t->pages && (landed == page || shifted)) o.limit = t->begin + (row + 1) * t->stride;
    }
    if (landed < t->derived.size()) t->derived[landed] = 1;
    o.page = static_cast<uint32_t>(o.limit ? landed : page);
}

}  // namespace tw::ownership
