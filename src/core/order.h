// Transfers that a kernel does not wait for: their bytes used before they came, their source changed before it was read,
// the kernel at its end with some under way. On silicon each of these is a race that a test seldom meets; here it is
// decided by what the kernel asked for, not by when the bytes move (core/in_flight.h). The rules are docs/upstream-api.md
// K4's.
#pragma once

#include "core/core.h"

namespace tw {

// How the destination of a read is used that no barrier has followed (Problem::a of ReadNotAwaited).
enum class ReadUse : uint8_t { Push, Load, Send, ReadOver, KernelEnd, Store };
// What happens to the source of a write that has not been flushed (Problem::a of WriteNotFlushed).
enum class SourceReuse : uint8_t { Pop, ReadInto, Store, Changed };
// What a kernel leaves behind (Problem::a of NotAcknowledged).
enum class LeftBehind : uint8_t { Writes, FlushedWrites, PostedWrites, Atomics };

[[gnu::cold, gnu::noinline]] void find_early_use(tw_ctx*, ReadUse, uint32_t address, uint32_t bytes, uint32_t cb,
                                                 const tw_site*);
[[gnu::cold, gnu::noinline]] void find_early_reuse(tw_ctx*, SourceReuse, uint32_t address, uint32_t bytes, uint32_t cb,
                                                   const tw_site*);

// These bytes of this core's L1 are used: a finding if a read of this processor into them is pending.
inline void check_no_read(tw_ctx* ctx, ReadUse use, uint32_t address, uint32_t bytes, uint32_t cb, const tw_site* site) {
    const Processor& p = processor_of(ctx);
    if (__builtin_expect(p.noc[0].reads.may_touch(address, bytes) || p.noc[1].reads.may_touch(address, bytes), 0))
        find_early_use(ctx, use, address, bytes, cb, site);
}

// These bytes of this core's L1 change, or may change from now on: a finding if a write of this processor from them has not
// been flushed.
inline void check_no_write(tw_ctx* ctx, SourceReuse reuse, uint32_t address, uint32_t bytes, uint32_t cb,
                           const tw_site* site) {
    const Processor& p = processor_of(ctx);
    if (__builtin_expect(p.noc[0].writes.may_touch(address, bytes) || p.noc[1].writes.may_touch(address, bytes), 0))
        find_early_reuse(ctx, reuse, address, bytes, cb, site);
}

// The kernel has returned.
void check_kernel_end(tw_ctx*);

}  // namespace tw
