#include "noc/transfer.h"

#include "core/core.h"
#include "noc/noc_map.h"
#include "noc/ownership.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tw {
namespace {

// A processor that never waits for its transfers must not pile them up without bound; silicon's own queues are shorter.
constexpr size_t kMostPending = 512;

// A page of poison to copy from: memcpy is the fastest way to fill with a pattern.
constexpr auto kPoisonPage = [] {
    std::array<uint32_t, 1024> page{};
    page.fill(kPoison);
    return page;
}();

void poison(uint8_t* p, uint32_t bytes) {
    for (uint32_t at = 0; at < bytes; at += sizeof kPoisonPage) {
        std::memcpy(p + at, kPoisonPage.data(), std::min<size_t>(bytes - at, sizeof kPoisonPage));
    }
}

// A transfer that leads nowhere is told of and left out: null. What it should have filled is poison.
const NocTarget* target_of(tw_ctx* ctx, const NocAddress& address, uint64_t raw, uint32_t bytes, const tw_site* site) {
    const NocTarget& target = ctx->core->noc_map->at(address.x, address.y);
    if (__builtin_expect(target.size == 0, 0)) {
        report(ctx, problem_at(ctx, site, ProblemKind::NocNoTarget, raw, bytes));
        return nullptr;
    }
    if (__builtin_expect(address.local + bytes > target.size, 0)) {
        report(ctx, problem_at(ctx, site, ProblemKind::NocOutOfRange, raw, bytes, target.size));
        return nullptr;
    }
    return &target;
}

uint8_t* own_l1(tw_ctx* ctx, uint32_t address, uint32_t bytes, const tw_site* site) {
    if (__builtin_expect(uint64_t{address} + bytes > ctx->l1_size, 0)) {
        report(ctx, problem_at(ctx, site, ProblemKind::L1OutOfRange, address, bytes));
        return nullptr;
    }
    return ctx->l1 + address;
}

// Calls f(target) for each worker in the rectangle but the sender (unless it is included). Callers give the corners in
// either order: on NoC 1 the start is the larger one (docs/upstream-api.md K4).
template <class F>
uint32_t for_each_in_rectangle(const NocMap& map, const tw_ctx& sender, uint64_t rectangle, bool include_self, F f) {
    const NocAddress a(rectangle);
    const uint32_t x0 = a.x < a.start_x ? a.x : a.start_x, x1 = a.x < a.start_x ? a.start_x : a.x;
    const uint32_t y0 = a.y < a.start_y ? a.y : a.start_y, y1 = a.y < a.start_y ? a.start_y : a.y;
    uint32_t count = 0;
    for (uint32_t y = y0; y <= y1; ++y) {
        for (uint32_t x = x0; x <= x1; ++x) {
            const NocTarget& target = map.at(x, y);
            if (!target.is_l1) continue;
            if (!include_self && target.base == sender.l1) continue;
            ++count;
            f(target);
        }
    }
    return count;
}

// False: the transfer cannot be made.
bool check_rectangle(tw_ctx* ctx, uint64_t rectangle, uint32_t bytes, uint32_t flags, uint32_t num_dests,
                     const tw_site* site) {
    const NocAddress a(rectangle);
    if (a.local + bytes > ctx->l1_size) {
        report(ctx, problem_at(ctx, site, ProblemKind::NocOutOfRange, rectangle, bytes, ctx->l1_size));
        return false;
    }
    const uint32_t there =
        for_each_in_rectangle(*ctx->core->noc_map, *ctx, rectangle, flags & TW_NOC_INCLUDE_SELF, [](const NocTarget&) {});
    // On silicon the sender waits for as many acknowledgements as it named: any other number hangs the next barrier.
    if (there != num_dests) report(ctx, problem_at(ctx, site, ProblemKind::MulticastCount, rectangle, num_dests, there));
    return true;
}

void perform(const PendingRead& r) {
    std::memmove(r.destination, r.source, r.bytes);
}

// Never 0. Tells whether two writes bring the same bytes.
uint32_t short_digest(const uint8_t* bytes, uint32_t count) {
    uint64_t digest = count;
    for (uint32_t at = 0; at < count; at += 8) {
        uint64_t word = 0;
        std::memcpy(&word, bytes + at, std::min<size_t>(8, count - at));
        digest = (digest ^ word) * 0x9e3779b97f4a7c15;
        digest ^= digest >> 29;
    }
    return static_cast<uint32_t>(digest >> 32) | 1;
}

// Of a landing at `place`, before the bytes change. The arrival is counted before them too: who sees the bytes has seen it.
[[gnu::noinline]] void append_arrival(Processor& p, tw_core* target, uint64_t place, const uint8_t* source,
                                      const uint8_t* destination, uint32_t bytes, uint32_t issued) {
    RecordFields f{.a = place, .b = bytes, .c = issued};
    if (source && std::memcmp(source, destination, bytes) == 0) f.flags = kRecordSame;
    if (source) f.e = short_digest(source, bytes);
    if (target) f.d = target->arrivals.fetch_add(1, std::memory_order_relaxed) + 1;
    append_record(target ? RecordKind::Arrive : RecordKind::Land, &p.ctx, p.ctx.site, f);
}

void emit_arrival(Processor& p, tw_core* target, uint64_t place, const uint8_t* source, const uint8_t* destination,
                  uint32_t bytes, uint32_t issued) {
    if (is_recorded(&p.ctx, RecordKind::Arrive)) append_arrival(p, target, place, source, destination, bytes, issued);
}

uint32_t transfer_of(uint32_t noc, uint32_t trid) {
    return trid << 8 | (noc & 1);
}

void copy_in(const PendingWrite& w, uint8_t* destination, tw_core* target) {
    if (w.source) {
        // One aligned word may be a flag that another core polls: it must arrive whole, and after what was written before.
        if (w.bytes == 4 && (reinterpret_cast<uintptr_t>(destination) & 3) == 0) {
            uint32_t word;
            std::memcpy(&word, w.source, 4);
            __atomic_store_n(reinterpret_cast<uint32_t*>(destination), word, __ATOMIC_RELEASE);
        } else {
            std::memmove(destination, w.source, w.bytes);
        }
    } else {
        std::memset(destination, 0, w.bytes);
    }
    if (target) target->wake();
}

void perform(Processor& p, const PendingWrite& w) {
    if (w.flags & TW_NOC_MULTICAST) {
        const uint64_t local = NocAddress(w.rectangle).local;
        for_each_in_rectangle(*p.core->noc_map, p.ctx, w.rectangle, w.flags & TW_NOC_INCLUDE_SELF, [&](const NocTarget& t) {
            emit_arrival(p, t.core, noc_unicast(t.x, t.y, local), w.source, t.base + local, w.bytes, w.id);
            copy_in(w, t.base + local, t.core);
        });
    } else {
        emit_arrival(p, w.target, w.rectangle, w.source, w.destination, w.bytes, w.id);
        copy_in(w, w.destination, w.target);
    }
}

void store_bytes(uint8_t* p, uint32_t value, uint32_t byte_enable) {
    if (byte_enable == 0xf) {
        __atomic_store_n(reinterpret_cast<uint32_t*>(p), value, __ATOMIC_RELEASE);
        return;
    }
    for (uint32_t i = 0; i < 4; ++i) {
        if (byte_enable >> i & 1) p[i] = static_cast<uint8_t>(value >> (8 * i));
    }
}

bool check_word(tw_ctx* ctx, uint64_t dst, const tw_site* site) {
    if (NocAddress(dst).local % 4 == 0) return true;
    report(ctx, problem_at(ctx, site, ProblemKind::BadSemaphoreWord, NocAddress(dst).local));
    return false;
}

bool immediately(tw_ctx* ctx) {
    LaunchHost& host = *ctx->core->host;
    return !host.deferred_noc || host.random(2);
}

// The transfer queue of the NoC that the kernel named.
NocQueue& queue_of(tw_ctx* ctx, uint32_t noc) {
    return processor_of(ctx).noc[noc & 1];
}

}  // namespace

void land_reads(Processor& p, uint32_t noc, uint32_t trid) {
    std::vector<PendingRead>& reads = p.noc[noc & 1].reads;
    if (trid == TW_NOC_TRID_NONE) {
        for (const PendingRead& r : reads) perform(r);
        reads.clear();
        return;
    }
    size_t kept = 0;
    for (const PendingRead& r : reads) {
        if (r.trid == trid) {
            perform(r);
        } else {
            reads[kept++] = r;
        }
    }
    reads.resize(kept);
}

void land_writes(Processor& p, uint32_t noc, uint32_t trid) {
    std::vector<PendingWrite>& writes = p.noc[noc & 1].writes;
    if (writes.empty()) return;
    if (trid == TW_NOC_TRID_NONE) {
        for (const PendingWrite& w : writes) perform(p, w);
        writes.clear();
        return;
    }
    // Writes keep their order, so those before the last one of this id arrive too.
    size_t end = 0;
    for (size_t i = 0; i < writes.size(); ++i) {
        if (writes[i].trid == trid) end = i + 1;
    }
    for (size_t i = 0; i < end; ++i) perform(p, writes[i]);
    writes.erase(writes.begin(), writes.begin() + static_cast<ptrdiff_t>(end));
}

bool land_all_writes(Processor& p) {
    bool any = false;
    for (uint32_t noc = 0; noc < 2; ++noc) {
        if (p.noc[noc].writes.empty()) continue;
        any = true;
        land_writes(p, noc);
    }
    return any;
}

bool land_all_reads(Processor& p) {
    bool any = false;
    for (uint32_t noc = 0; noc < 2; ++noc) {
        if (p.noc[noc].reads.empty()) continue;
        any = true;
        land_reads(p, noc);
    }
    return any;
}

}  // namespace tw

using namespace tw;

extern "C" {

void tw_noc_read(tw_ctx* ctx, uint32_t noc, uint64_t src, uint32_t dst_l1, uint32_t bytes, uint32_t trid,
                 const tw_site* site) {
    enter_call(ctx, site);
    const NocAddress address(src);
    const NocTarget* target = target_of(ctx, address, src, bytes, site);
    uint8_t* own = own_l1(ctx, dst_l1, bytes, site);
    if (__builtin_expect(!target || !own, 0)) {
        if (own) poison(own, bytes);
        return;
    }
    PendingRead r{target->base + address.local, own, bytes, trid, 0};
    if (ctx->core->ledger) {
        r.bytes = ownership::check_far(ctx, *target, src, bytes, ownership::Way::Read, site);
        bytes = ownership::check_near(ctx, dst_l1, bytes, ownership::Way::Read, site);
        r.bytes = std::min(r.bytes, bytes);
        ownership::note_formats(ctx, ownership::Way::Read, site);
    }
    ++ctx->core->effects;
    processor_of(ctx).bytes_read += bytes;
    r.id = emit(RecordKind::NocRead, ctx, site, {.a = src, .b = dst_l1, .c = bytes, .e = transfer_of(noc, trid)});
    if (immediately(ctx)) return perform(r);
    NocQueue& queue = queue_of(ctx, noc);
    // A core that reads its own L1 may have source and destination overlap; poison would then eat the source.
    if (r.source + bytes <= r.destination || r.destination + bytes <= r.source) poison(r.destination, bytes);
    if (queue.reads.size() >= kMostPending) land_reads(processor_of(ctx), noc);
    queue.reads.push_back(r);
}

void tw_noc_write(tw_ctx* ctx, uint32_t noc, uint32_t src_l1, uint64_t dst, uint32_t bytes, uint32_t flags,
                  uint32_t num_dests, uint32_t trid, const tw_site* site) {
    enter_call(ctx, site);
    PendingWrite w{};
    if (!(flags & TW_NOC_PAGE_ZERO)) {
        w.source = own_l1(ctx, src_l1, bytes, site);
        if (__builtin_expect(!w.source, 0)) return;
    }
    w.bytes = bytes;
    w.trid = trid;
    w.flags = flags;
    w.rectangle = dst;
    const bool owned = ctx->core->ledger != nullptr;
    if (owned && w.source) w.bytes = ownership::check_near(ctx, src_l1, bytes, ownership::Way::Write, site);
    if (flags & TW_NOC_MULTICAST) {
        if (!check_rectangle(ctx, dst, bytes, flags, num_dests, site)) return;
        if (owned) w.bytes = std::min(w.bytes, ownership::check_multicast(ctx, dst, bytes, site));
    } else {
        const NocAddress address(dst);
        const NocTarget* target = target_of(ctx, address, dst, bytes, site);
        if (__builtin_expect(!target, 0)) return;
        w.destination = target->base + address.local;
        w.target = target->core;
        if (owned) {
            w.bytes = std::min(w.bytes, ownership::check_far(ctx, *target, dst, bytes, ownership::Way::Write, site));
            if (w.source) ownership::note_formats(ctx, ownership::Way::Write, site);
        }
    }
    ++ctx->core->effects;
    processor_of(ctx).bytes_written += bytes;
    w.id = emit(RecordKind::NocWrite, ctx, site,
                {.a = dst,
                 .b = src_l1,
                 .c = bytes,
                 .d = num_dests,
                 .e = transfer_of(noc, trid),
                 .flags = static_cast<uint8_t>(flags)});
    Processor& processor = processor_of(ctx);
    NocQueue& queue = queue_of(ctx, noc);
    if (queue.writes.size() >= kMostPending || immediately(ctx)) {
        land_writes(processor, noc);
        perform(processor, w);
    } else {
        queue.writes.push_back(w);
    }
}

void tw_noc_write_word(tw_ctx* ctx, uint32_t noc, uint64_t dst, uint32_t value, uint32_t byte_enable, uint32_t flags,
                       uint32_t num_dests, const tw_site* site) {
    enter_call(ctx, site);
    if (!check_word(ctx, dst, site)) return;
    land_writes(processor_of(ctx), noc);
    const NocAddress address(dst);
    const uint32_t id = emit(RecordKind::NocWriteWord, ctx, site,
                             {.a = dst,
                              .b = value,
                              .c = byte_enable,
                              .d = num_dests,
                              .e = transfer_of(noc, TW_NOC_TRID_NONE),
                              .flags = static_cast<uint8_t>(flags)});
    const auto store = [&](const NocTarget& t) {
        uint8_t* word = t.base + address.local;
        emit_arrival(processor_of(ctx), t.core, noc_unicast(t.x, t.y, address.local),
                     byte_enable == 0xf ? reinterpret_cast<const uint8_t*>(&value) : nullptr, word, 4, id);
        store_bytes(word, value, byte_enable);
        if (t.core) t.core->wake();
    };
    if (flags & TW_NOC_MULTICAST) {
        if (!check_rectangle(ctx, dst, 4, flags, num_dests, site)) return;
        for_each_in_rectangle(*ctx->core->noc_map, *ctx, dst, flags & TW_NOC_INCLUDE_SELF, store);
    } else {
        const NocTarget* target = target_of(ctx, address, dst, 4, site);
        if (__builtin_expect(!target, 0)) return;
        if (!ctx->core->ledger || ownership::check_far(ctx, *target, dst, 4, ownership::Way::Write, site) == 4)
            store(*target);
    }
    ++ctx->core->effects;
    maybe_preempt(ctx);
}

void tw_noc_atomic_add(tw_ctx* ctx, uint32_t noc, uint64_t dst, uint32_t value, uint32_t flags, uint32_t num_dests,
                       const tw_site* site) {
    enter_call(ctx, site);
    if (!check_word(ctx, dst, site)) return;
    land_writes(processor_of(ctx), noc);
    const NocAddress address(dst);
    const uint32_t id = emit(RecordKind::NocAtomic, ctx, site,
                             {.a = dst,
                              .b = value,
                              .d = num_dests,
                              .e = transfer_of(noc, TW_NOC_TRID_NONE),
                              .flags = static_cast<uint8_t>(flags)});
    const auto add = [&](const NocTarget& t) {
        emit_arrival(processor_of(ctx), t.core, noc_unicast(t.x, t.y, address.local), nullptr, nullptr, 4, id);
        const uint32_t before =
            __atomic_fetch_add(reinterpret_cast<uint32_t*>(t.base + address.local), value, __ATOMIC_ACQ_REL);
        if (before == kUnsetSemaphore && t.core) refuse_unset_semaphore(ctx, *t.core, uint32_t(address.local), site);
        if (t.core) t.core->wake();
    };
    if (flags & TW_NOC_MULTICAST) {
        if (!check_rectangle(ctx, dst, 4, flags, num_dests, site)) return;
        for_each_in_rectangle(*ctx->core->noc_map, *ctx, dst, flags & TW_NOC_INCLUDE_SELF, add);
    } else {
        const NocTarget* target = target_of(ctx, address, dst, 4, site);
        if (__builtin_expect(!target, 0)) return;
        if (!ctx->core->ledger || ownership::check_far(ctx, *target, dst, 4, ownership::Way::Write, site) == 4)
            add(*target);
    }
    ++ctx->core->effects;
    maybe_preempt(ctx);
}

void tw_noc_barrier(tw_ctx* ctx, uint32_t noc, uint32_t what, uint32_t trid, const tw_site* site) {
    enter_call(ctx, site);
    maybe_preempt(ctx);
    Processor& processor = processor_of(ctx);
    if (what & TW_WAIT_READS) land_reads(processor, noc, trid);
    if (what & (TW_WAIT_WRITES_SENT | TW_WAIT_WRITES_ACKED | TW_WAIT_POSTED_SENT)) land_writes(processor, noc, trid);
    emit(RecordKind::NocBarrier, ctx, site, {.a = what, .e = transfer_of(noc, trid)});
}

uint32_t tw_noc_is_done(tw_ctx* ctx, uint32_t noc, uint32_t what, uint32_t trid, const tw_site* site) {
    enter_call(ctx, site);
    Processor& processor = processor_of(ctx);
    const NocQueue& queue = queue_of(ctx, noc);
    const bool pending =
        (what & TW_WAIT_READS && !queue.reads.empty()) ||
        (what & (TW_WAIT_WRITES_SENT | TW_WAIT_WRITES_ACKED | TW_WAIT_POSTED_SENT) && !queue.writes.empty());
    emit_observation(RecordKind::NocPoll, ctx, site, what, !pending, transfer_of(noc, trid));
    if (!pending) return 1;
    tw_yield(ctx, site);  // the poll says no once; it lands then, so that a polling loop ends
    if (what & TW_WAIT_READS) land_reads(processor, noc, trid);
    if (what & (TW_WAIT_WRITES_SENT | TW_WAIT_WRITES_ACKED | TW_WAIT_POSTED_SENT)) land_writes(processor, noc, trid);
    return 0;
}

uint64_t tw_interleaved_address(tw_ctx* ctx, uint32_t is_dram, uint32_t page, uint32_t base, uint32_t aligned_page,
                                uint32_t offset) {
    const NocMap& map = *ctx->core->noc_map;
    const uint32_t banks = is_dram ? map.dram_bank_count() : map.l1_bank_count();
    const uint32_t bank = page % banks;
    const uint64_t local = uint64_t{base} + uint64_t{page / banks} * aligned_page + offset;
    const uint64_t address = (is_dram ? map.dram_bank(bank) : map.l1_bank(bank)) | local;
    if (ctx->core->ledger) ownership::note_page(ctx, is_dram, page, bank, base, aligned_page, local, address);
    return address;
}

uint64_t tw_bank_address(tw_ctx* ctx, uint32_t is_dram, uint32_t bank, uint32_t local, const tw_site* site) {
    const NocMap& map = *ctx->core->noc_map;
    const uint32_t banks = is_dram ? map.dram_bank_count() : map.l1_bank_count();
    if (__builtin_expect(bank >= banks, 0)) {
        report(ctx, problem_at(ctx, site, ProblemKind::NoSuchBank, bank, banks, is_dram));
        bank %= banks;
    }
    return (is_dram ? map.dram_bank(bank) : map.l1_bank(bank)) | local;
}

uint32_t tw_bank_count(tw_ctx* ctx, uint32_t is_dram) {
    const NocMap& map = *ctx->core->noc_map;
    return is_dram ? map.dram_bank_count() : map.l1_bank_count();
}

}  // extern "C"
