// Bytes arrive, and kernels learn of it.
#include "noc/transfer.h"

#include "core/code_site.h"
#include "core/core.h"
#include "core/order.h"
#include "noc/arrival.h"
#include "noc/digest.h"
#include "noc/rectangle.h"

#include <cstring>
#include <utility>

namespace tw {
namespace {

void perform(PendingRead& r) {
    if (!std::exchange(r.landed, true)) std::memmove(r.destination, r.source, r.bytes);
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
    if (w.bytes == 4) {  // it may be a flag that somebody waits for
        uint32_t word = 0;
        if (w.source) std::memcpy(&word, w.source, 4);
        p.words.note(w.address, WordWrite::Set, w.flags & TW_NOC_MULTICAST, word, w.site);
    }
    if (w.flags & TW_NOC_MULTICAST) {
        const uint64_t local = NocAddress(w.address).local;
        for_each_in_rectangle(*p.core->noc_map, p.ctx, w.address, w.flags & TW_NOC_INCLUDE_SELF, [&](const NocTarget& t) {
            emit_arrival(p, t.core, noc_unicast(t.x, t.y, local), w.source, t.base + local, w.bytes, w.id);
            copy_in(w, t.base + local, t.core);
        });
    } else {
        emit_arrival(p, w.target, w.address, w.source, w.destination, w.bytes, w.id);
        copy_in(w, w.destination, w.target);
    }
}

void land_first_writes(Processor& p, NocQueue& queue, size_t end) {
    for (; queue.landed_writes < end; ++queue.landed_writes) perform(p, queue.writes[queue.landed_writes]);
}

// The kernel's store to the source, where its build tells of stores.
const void* store_over(const RawState& raw, const PendingWrite& w) {
    const RawState::Reuse* found = nullptr;
    for (uint32_t i = 0; i < RawState::kReuses; ++i) {
        const RawState::Reuse& r = raw.reuses[(raw.next_reuse + i) % RawState::kReuses];  // the oldest first
        if (r.code && overlap(r.address, r.bytes, w.local, w.bytes)) found = &r;
    }
    return found ? found->code : nullptr;
}

[[gnu::cold, gnu::noinline]] void tell_changed(Processor& p, const PendingWrite& w, const tw_site* site) {
    Problem problem = problem_at(&p.ctx, w.site, ProblemKind::WriteNotFlushed, static_cast<uint64_t>(SourceReuse::Changed),
                                 w.local, w.bytes);
    if (const void* code = store_over(p.raw, w)) problem.also.push_back(also_at(&p.ctx, code_site(code), "stored at"));
    problem.also.push_back(also_at(&p.ctx, site, "flushed at"));
    report(&p.ctx, std::move(problem));
}

// Bits of tw_noc_wait that free the source of this write.
constexpr uint32_t kPostedGone = TW_WAIT_POSTED_SENT, kOthersGone = TW_WAIT_WRITES_SENT | TW_WAIT_WRITES_ACKED;

}  // namespace

// Never 0. Tells whether two writes bring the same bytes.
static uint32_t short_digest(const uint8_t* bytes, uint32_t count) {
    return static_cast<uint32_t>(digest(bytes, count) >> 32) | 1;
}

void append_arrival(Processor& p, tw_core* target, uint64_t place, const uint8_t* source, const uint8_t* destination,
                    uint32_t bytes, uint32_t issued) {
    RecordFields f{.a = place, .b = bytes, .c = issued};
    if (source && std::memcmp(source, destination, bytes) == 0) f.flags = kRecordSame;
    if (source) f.e = short_digest(source, bytes);
    if (target) f.d = target->arrivals.fetch_add(1, std::memory_order_relaxed) + 1;
    append_record(target ? RecordKind::Arrive : RecordKind::Land, &p.ctx, p.ctx.site, f);
}

void land_writes(Processor& p, uint32_t noc) {
    NocQueue& queue = p.noc[noc & 1];
    land_first_writes(p, queue, queue.writes.size());
}

bool land_all_writes(Processor& p) {
    bool any = false;
    for (uint32_t noc = 0; noc < 2; ++noc) {
        any |= p.noc[noc].landed_writes < p.noc[noc].writes.size();
        land_writes(p, noc);
    }
    return any;
}

bool land_all_reads(Processor& p) {
    bool any = false;
    for (NocQueue& queue : p.noc) {
        for (PendingRead& r : queue.reads) {
            any |= !r.landed;
            perform(r);
        }
    }
    return any;
}

void forget_reads(Processor& p, uint32_t noc) {
    NocQueue& queue = p.noc[noc & 1];
    for (PendingRead& r : queue.reads) {
        perform(r);
        queue.older_read = r.site;
    }
    queue.reads.clear();
}

void forget_writes(Processor& p, uint32_t noc) {
    NocQueue& queue = p.noc[noc & 1];
    land_writes(p, noc);
    for (const PendingWrite& w : queue.writes) {
        if (w.flags & TW_NOC_POSTED) {
            queue.older_post = w.site;
        } else if (w.is_into_memory()) {
            queue.writes_sent.trids |= static_cast<uint16_t>(1u << (w.trid & 15));
            queue.writes_sent.site = w.site;
        }
    }
    queue.writes.clear();
    queue.landed_writes = 0;
}

void await_reads(Processor& p, uint32_t noc, uint32_t trid) {
    NocQueue& queue = p.noc[noc & 1];
    queue.older_read = nullptr;
    if (queue.reads.empty()) return;
    if (trid == TW_NOC_TRID_NONE) {
        for (PendingRead& r : queue.reads) perform(r);
        return queue.reads.clear();
    }
    queue.reads.take_out([&](PendingRead& r) {
        if (r.trid != trid) return false;
        perform(r);
        return true;
    });
}

void await_writes(Processor& p, uint32_t noc, uint32_t what, uint32_t trid, const tw_site* site) {
    NocQueue& queue = p.noc[noc & 1];
    const bool acknowledged = what & TW_WAIT_WRITES_ACKED;
    if (what & kPostedGone) queue.older_post = nullptr;
    if (!queue.writes.empty()) {
        const auto is_meant = [&](const PendingWrite& w) {
            return what & (w.flags & TW_NOC_POSTED ? kPostedGone : kOthersGone) &&
                   (trid == TW_NOC_TRID_NONE || w.trid == trid);
        };
        // Writes keep their order, so those before the last one that is meant arrive too.
        size_t end = queue.writes.size();
        if (trid != TW_NOC_TRID_NONE) {
            while (end > 0 && !is_meant(queue.writes[end - 1])) --end;
        }
        const bool look = p.core->host->checks.has(Check::NocOrder);
        size_t i = 0, landed_and_kept = 0;
        if (look) {
            for (const PendingWrite& w : queue.writes) {
                if (w.source && is_meant(w) && digest(w.source, w.bytes) != w.digest) tell_changed(p, w, site);
            }
        }
        land_first_writes(p, queue, end);
        queue.writes.take_out([&](const PendingWrite& w) {
            const bool landed = i++ < queue.landed_writes;
            if (!is_meant(w)) {
                landed_and_kept += landed;
                return false;
            }
            if (!acknowledged && !(w.flags & TW_NOC_POSTED) && w.is_into_memory()) {
                queue.writes_sent.trids |= static_cast<uint16_t>(1u << (w.trid & 15));
                queue.writes_sent.site = w.site;
            }
            return true;
        });
        queue.landed_writes = landed_and_kept;
    }
    if (acknowledged) {
        if (trid == TW_NOC_TRID_NONE) {
            queue.writes_sent = {};
        } else {
            queue.writes_sent.trids &= static_cast<uint16_t>(~(1u << (trid & 15)));
        }
    } else if (what & TW_WAIT_WRITES_SENT) {
        queue.writes_sent.flushed = true;
    }
}

}  // namespace tw
