#include "core/order.h"

#include <cstring>
#include <utility>

namespace tw {
namespace {

bool order_wanted(const tw_ctx* ctx) {
    return ctx->core->host->checks.has(Check::NocOrder);
}

// The place is the transfer's: that is where a barrier belongs behind. What came too early is the second place.
void tell(tw_ctx* ctx, ProblemKind kind, const tw_site* transfer, const tw_site* other, const char* role, uint64_t a,
          uint64_t b, uint64_t c, uint64_t d) {
    Problem p = problem_at(ctx, transfer, kind, a, b, c);
    p.d = d;
    if (other) p.also.push_back(also_at(ctx, other, role));
    report(ctx, std::move(p));
}

const char* role_of(ReadUse use) {
    switch (use) {
        case ReadUse::Push: return "pushed at";
        case ReadUse::Load: return "loaded at";
        case ReadUse::Send: return "sent on at";
        case ReadUse::ReadOver: return "read over at";
        case ReadUse::Store: return "stored at";
        case ReadUse::KernelEnd: break;
    }
    return "";
}

const char* role_of(SourceReuse reuse) {
    switch (reuse) {
        case SourceReuse::Pop: return "popped at";
        case SourceReuse::ReadInto: return "read over at";
        case SourceReuse::Store: return "stored at";
        case SourceReuse::Changed: break;
    }
    return "flushed at";
}

}  // namespace

// The reads that are told of land, and are forgotten: what follows is as if they had been waited for.
void find_early_use(tw_ctx* ctx, ReadUse use, uint32_t address, uint32_t bytes, uint32_t cb, const tw_site* site) {
    if (!order_wanted(ctx)) return;
    for (NocQueue& queue : processor_of(ctx).noc) {
        queue.reads.take_out([&](PendingRead& r) {
            if (!overlap(r.local, r.bytes, address, bytes)) return false;
            tell(ctx, ProblemKind::ReadNotAwaited, r.site, site, role_of(use), static_cast<uint64_t>(use), r.local, r.bytes,
                 cb);
            if (!std::exchange(r.landed, true)) std::memmove(r.destination, r.source, r.bytes);
            return true;
        });
    }
}

void find_early_reuse(tw_ctx* ctx, SourceReuse reuse, uint32_t address, uint32_t bytes, uint32_t cb, const tw_site* site) {
    if (!order_wanted(ctx)) return;
    Processor& p = processor_of(ctx);
    for (uint32_t noc = 0; noc < 2; ++noc) {
        NocQueue& queue = p.noc[noc];
        if (!queue.writes.may_touch(address, bytes)) continue;
        land_writes(p, noc);
        queue.writes.take_out([&](const PendingWrite& w) {
            if (!w.source || !overlap(w.local, w.bytes, address, bytes)) return false;
            tell(ctx, ProblemKind::WriteNotFlushed, w.site, site, role_of(reuse), static_cast<uint64_t>(reuse), w.local,
                 w.bytes, cb);
            return true;
        });
        queue.landed_writes = queue.writes.size();
    }
}

void check_kernel_end(tw_ctx* ctx) {
    if (!order_wanted(ctx)) return;
    const auto left = [&](LeftBehind what, const tw_site* site) {
        tell(ctx, ProblemKind::NotAcknowledged, site, nullptr, "", static_cast<uint64_t>(what), 0, 0, 0);
    };
    for (NocQueue& queue : processor_of(ctx).noc) {
        for (const PendingRead& r : queue.reads) {
            tell(ctx, ProblemKind::ReadNotAwaited, r.site, nullptr, "", static_cast<uint64_t>(ReadUse::KernelEnd), r.local,
                 r.bytes, 0);
        }
        if (queue.older_read)
            tell(ctx, ProblemKind::ReadNotAwaited, queue.older_read, nullptr, "", static_cast<uint64_t>(ReadUse::KernelEnd),
                 0, 0, 0);
        for (const PendingWrite& w : queue.writes)
            left(w.flags & TW_NOC_POSTED ? LeftBehind::PostedWrites : LeftBehind::Writes, w.site);
        if (queue.older_post) left(LeftBehind::PostedWrites, queue.older_post);
        if (queue.writes_sent.trids)
            left(queue.writes_sent.flushed ? LeftBehind::FlushedWrites : LeftBehind::Writes, queue.writes_sent.site);
        if (queue.atomic) left(LeftBehind::Atomics, queue.atomic);
    }
}

}  // namespace tw
