// What kernels call to move bytes.
#include "noc/transfer.h"

#include "core/cb_checks.h"
#include "core/cb_guard.h"
#include "core/core.h"
#include "core/order.h"
#include "noc/arrival.h"
#include "noc/digest.h"
#include "noc/flag_order.h"
#include "noc/noc_map.h"
#include "noc/ownership.h"
#include "noc/rectangle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

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

// On NoC 0 packets run towards larger coordinates, on NoC 1 towards smaller ones, and a rectangle runs from its start to
// its end that way (docs/hardware.md 1.2): with the corners exchanged it is the rest of the torus.
void check_corners(tw_ctx* ctx, uint32_t noc, const NocAddress& a, uint64_t rectangle, const tw_site* site) {
    const bool forward = a.start_x <= a.x && a.start_y <= a.y, backward = a.start_x >= a.x && a.start_y >= a.y;
    if (__builtin_expect((noc & 1) ? backward : forward, 1)) return;
    if (ctx->core->host->checks.has(Check::Multicast))
        report(ctx, problem_at(ctx, site, ProblemKind::MulticastCorners, noc & 1, rectangle));
}

// False: the transfer cannot be made.
bool check_rectangle(tw_ctx* ctx, uint32_t noc, uint64_t rectangle, uint32_t bytes, uint32_t flags, uint32_t num_dests,
                     const tw_site* site) {
    const NocAddress a(rectangle);
    if (a.local + bytes > ctx->l1_size) {
        report(ctx, problem_at(ctx, site, ProblemKind::NocOutOfRange, rectangle, bytes, ctx->l1_size));
        return false;
    }
    check_corners(ctx, noc, a, rectangle, site);
    const uint32_t there =
        for_each_in_rectangle(*ctx->core->noc_map, *ctx, rectangle, flags & TW_NOC_INCLUDE_SELF, [](const NocTarget&) {});
    // On silicon the sender waits for as many acknowledgements as it named: any other number hangs the next barrier.
    if (there != num_dests) report(ctx, problem_at(ctx, site, ProblemKind::MulticastCount, rectangle, num_dests, there));
    return true;
}

// Bytes keep their place within the NoC's words: a transfer whose ends differ there moves them to where nobody wants them,
// without a word (docs/hardware.md 1.4).
void check_alignment(tw_ctx* ctx, bool is_read, uint64_t source, uint64_t destination, uint32_t alignment,
                     const tw_site* site) {
    if (__builtin_expect(((source ^ destination) & (alignment - 1)) == 0, 1)) return;
    if (!ctx->core->host->checks.has(Check::NocAlignment)) return;
    Problem p = problem_at(ctx, site, ProblemKind::NocAlignment, is_read, source, destination);
    p.d = alignment;
    report(ctx, std::move(p));
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

constexpr uint32_t kWriteAlignment = 16;  // docs/hardware.md 1.4
constexpr uint32_t kWaitsForWrites = TW_WAIT_WRITES_SENT | TW_WAIT_WRITES_ACKED | TW_WAIT_POSTED_SENT;

uint32_t transfer_of(uint32_t noc, uint32_t trid) {
    return trid << 8 | (noc & 1);
}

void note_landings(tw_ctx* ctx, const PendingWrite& w, const tw_site* site) {
    const uint64_t local = NocAddress(w.address).local;
    if (w.target) return note_landing(ctx, *w.target, local, w.bytes, site);
    if (!(w.flags & TW_NOC_MULTICAST)) return;
    for_each_in_rectangle(*ctx->core->noc_map, *ctx, w.address, w.flags & TW_NOC_INCLUDE_SELF, [&](const NocTarget& t) {
        if (t.core) note_landing(ctx, *t.core, local, w.bytes, site);
    });
}

// The transfer queue of the NoC that the kernel named.
NocQueue& queue_of(tw_ctx* ctx, uint32_t noc) {
    return processor_of(ctx).noc[noc & 1];
}

}  // namespace

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
    PendingRead r{.source = target->base + address.local,
                  .destination = own,
                  .site = site,
                  .local = dst_l1,
                  .bytes = bytes,
                  .trid = trid,
                  .id = 0,
                  .landed = false};
    if (ctx->core->ledger) {
        r.bytes = ownership::check_far(ctx, *target, src, bytes, ownership::Way::Read, site);
        const bool is_whole = r.bytes == bytes;  // else it was not what the kernel meant to read
        bytes = ownership::check_near(ctx, dst_l1, bytes, ownership::Way::Read, site);
        r.bytes = std::min(r.bytes, bytes);
        if (is_whole) ownership::note_formats(ctx, ownership::Way::Read, site);
    }
    check_alignment(ctx, true, address.local, dst_l1, target->read_alignment, site);
    check_no_write(ctx, SourceReuse::ReadInto, dst_l1, r.bytes, TW_MAX_CBS, site);
    check_window(ctx, CbSide::Write, dst_l1, r.bytes, site);
    if (target->core == ctx->core) note_read_by_hand(processor_of(ctx), static_cast<uint32_t>(address.local));
    if (__builtin_expect(push_watch.on, 0)) note_landing(ctx, *ctx->core, dst_l1, r.bytes, site);
    ++ctx->core->effects;
    processor_of(ctx).bytes_read += bytes;
    r.id = emit(RecordKind::NocRead, ctx, site, {.a = src, .b = dst_l1, .c = bytes, .e = transfer_of(noc, trid)});
    if (immediately(ctx)) {
        std::memmove(r.destination, r.source, r.bytes);
        r.landed = true;
    } else if (r.source + bytes <= r.destination || r.destination + bytes <= r.source) {
        // A core that reads its own L1 may have source and destination overlap; poison would then eat the source.
        poison(r.destination, bytes);
    }
    NocQueue& queue = queue_of(ctx, noc);
    if (queue.reads.size() >= kMostPending) forget_reads(processor_of(ctx), noc);
    queue.reads.add(r);
}

void tw_noc_write(tw_ctx* ctx, uint32_t noc, uint32_t src_l1, uint64_t dst, uint32_t bytes, uint32_t flags,
                  uint32_t num_dests, uint32_t trid, const tw_site* site) {
    enter_call(ctx, site);
    const NocAddress address(dst);
    PendingWrite w{.source = nullptr,
                   .destination = nullptr,
                   .address = dst,
                   .target = nullptr,
                   .site = site,
                   .digest = 0,
                   .local = src_l1,
                   .bytes = bytes,
                   .trid = trid,
                   .flags = flags,
                   .id = 0};
    if (!(flags & TW_NOC_PAGE_ZERO)) {
        w.source = own_l1(ctx, src_l1, bytes, site);
        if (__builtin_expect(!w.source, 0)) return;
    }
    const bool owned = ctx->core->ledger != nullptr;
    if (owned && w.source) w.bytes = ownership::check_near(ctx, src_l1, bytes, ownership::Way::Write, site);
    if (flags & TW_NOC_MULTICAST) {
        if (!check_rectangle(ctx, noc, dst, bytes, flags, num_dests, site)) return;
        if (owned) w.bytes = std::min(w.bytes, ownership::check_multicast(ctx, dst, bytes, site));
    } else {
        const NocTarget* target = target_of(ctx, address, dst, bytes, site);
        if (__builtin_expect(!target, 0)) return;
        w.destination = target->base + address.local;
        w.target = target->core;
        if (owned) {
            w.bytes = std::min(w.bytes, ownership::check_far(ctx, *target, dst, bytes, ownership::Way::Write, site));
            if (w.source) ownership::note_formats(ctx, ownership::Way::Write, site);
        }
    }
    if (w.source) {
        check_alignment(ctx, false, src_l1, address.local, kWriteAlignment, site);
        check_no_read(ctx, ReadUse::Send, src_l1, w.bytes, TW_MAX_CBS, site);
        check_window(ctx, CbSide::Read, src_l1, w.bytes, site);
        if (ctx->core->host->checks.has(Check::NocOrder)) w.digest = digest(w.source, w.bytes);
    }
    if (flags & TW_NOC_FLAG) {
        check_flag_order(ctx, noc, dst, flags, site);
        ++processor_of(ctx).raised;
    }
    if (__builtin_expect(push_watch.on, 0)) note_landings(ctx, w, site);
    ++ctx->core->effects;
    Processor& processor = processor_of(ctx);
    processor.bytes_written += bytes;
    w.id = emit(RecordKind::NocWrite, ctx, site,
                {.a = dst,
                 .b = src_l1,
                 .c = bytes,
                 .d = num_dests,
                 .e = transfer_of(noc, trid),
                 .flags = static_cast<uint8_t>(flags)});
    NocQueue& queue = queue_of(ctx, noc);
    if (queue.writes.size() >= kMostPending) forget_writes(processor, noc);
    queue.writes.add(w);
    if (immediately(ctx)) land_writes(processor, noc);
}

void tw_noc_write_word(tw_ctx* ctx, uint32_t noc, uint64_t dst, uint32_t value, uint32_t byte_enable, uint32_t flags,
                       uint32_t num_dests, const tw_site* site) {
    enter_call(ctx, site);
    if (!check_word(ctx, dst, site)) return;
    check_flag_order(ctx, noc, dst, flags, site);
    land_writes(processor_of(ctx), noc);
    const NocAddress address(dst);
    processor_of(ctx).words.note(dst, WordWrite::Set, flags & TW_NOC_MULTICAST, value, site);
    ++processor_of(ctx).raised;
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
        if (!check_rectangle(ctx, noc, dst, 4, flags, num_dests, site)) return;
        for_each_in_rectangle(*ctx->core->noc_map, *ctx, dst, flags & TW_NOC_INCLUDE_SELF, store);
    } else {
        const NocTarget* target = target_of(ctx, address, dst, 4, site);
        if (__builtin_expect(!target, 0)) return;
        if (!ctx->core->ledger || ownership::check_far(ctx, *target, dst, 4, ownership::Way::Write, site) == 4)
            store(*target);
        if (!target->core && !(flags & TW_NOC_POSTED)) queue_of(ctx, noc).writes_sent = {.site = site, .trids = 1};
    }
    ++ctx->core->effects;
    maybe_preempt(ctx);
}

void tw_noc_atomic_add(tw_ctx* ctx, uint32_t noc, uint64_t dst, uint32_t value, uint32_t flags, uint32_t num_dests,
                       const tw_site* site) {
    enter_call(ctx, site);
    if (!check_word(ctx, dst, site)) return;
    check_flag_order(ctx, noc, dst, flags, site);
    land_writes(processor_of(ctx), noc);
    const NocAddress address(dst);
    processor_of(ctx).words.note(dst, WordWrite::Add, flags & TW_NOC_MULTICAST, value, site);
    Processor& self = processor_of(ctx);
    ++self.raised;
    ++self.added;
    self.added_last = dst;
    self.added_at = site;
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
        if (!check_rectangle(ctx, noc, dst, 4, flags, num_dests, site)) return;
        for_each_in_rectangle(*ctx->core->noc_map, *ctx, dst, flags & TW_NOC_INCLUDE_SELF, add);
    } else {
        const NocTarget* target = target_of(ctx, address, dst, 4, site);
        if (__builtin_expect(!target, 0)) return;
        if (!ctx->core->ledger || ownership::check_far(ctx, *target, dst, 4, ownership::Way::Write, site) == 4)
            add(*target);
    }
    if (!(flags & TW_NOC_POSTED)) queue_of(ctx, noc).atomic = site;
    ++ctx->core->effects;
    maybe_preempt(ctx);
}

static void await(tw_ctx* ctx, uint32_t noc, uint32_t what, uint32_t trid, const tw_site* site) {
    Processor& processor = processor_of(ctx);
    if (what & TW_WAIT_READS) await_reads(processor, noc, trid);
    if (what & kWaitsForWrites) await_writes(processor, noc, what, trid, site);
    if (what & TW_WAIT_ATOMICS) queue_of(ctx, noc).atomic = nullptr;
}

void tw_noc_barrier(tw_ctx* ctx, uint32_t noc, uint32_t what, uint32_t trid, const tw_site* site) {
    enter_call(ctx, site);
    maybe_preempt(ctx);
    await(ctx, noc, what, trid, site);
    emit(RecordKind::NocBarrier, ctx, site, {.a = what, .e = transfer_of(noc, trid)});
}

uint32_t tw_noc_is_done(tw_ctx* ctx, uint32_t noc, uint32_t what, uint32_t trid, const tw_site* site) {
    enter_call(ctx, site);
    const NocQueue& queue = queue_of(ctx, noc);
    const bool pending =
        (what & TW_WAIT_READS && !queue.reads.empty()) || (what & kWaitsForWrites && !queue.writes.empty());
    emit_observation(RecordKind::NocPoll, ctx, site, what, !pending, transfer_of(noc, trid));
    if (pending) tw_yield(ctx, site);  // the poll says no once; it lands then, so that a polling loop ends
    await(ctx, noc, what, trid, site);
    return !pending;
}

void tw_noc_packet_too_long(tw_ctx* ctx, uint32_t bytes, uint32_t limit, const tw_site* site) {
    if (ctx->core->host->checks.has(Check::NocAlignment))
        report(ctx, problem_at(ctx, site, ProblemKind::PacketTooLong, 0, bytes, limit));
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
