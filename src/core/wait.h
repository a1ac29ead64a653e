// Blocking, for code that runs on a kernel's fiber (circular buffers, NoC, the compute threads' handshakes).
//
// What a fiber waits for is plain data: the scheduler tests it without switching into the fiber, and a deadlock report
// prints it. All words belong to the fiber's own core, so only that core's worker thread, or a NoC write into its L1,
// changes them.
#pragma once

#include "tw/abi.h"

#include <cstdint>

namespace tw {

enum class WaitKind : uint8_t {
    None,
    CbPages,      // subject: CB index; pages wanted
    CbSpace,      // subject: CB index; pages wanted
    Word,         // subject: L1 address
    SrcFull,      // MATH waits for UNPACK; subject 0 SrcA, 1 SrcB
    SrcFree,      // UNPACK waits for MATH
    DstFree,      // MATH waits for PACK (tile_regs_acquire)
    DstReady,     // PACK waits for MATH (tile_regs_wait)
    MailboxFull,  // reader waits; subject: the other RISC
    MailboxFree,
    Yield,  // ready, but others go first
};

enum class WaitOp : uint8_t { Equal, NotEqual, AtLeast, DifferenceAtLeast, DifferenceAtMost };

struct Wait {
    WaitKind kind = WaitKind::None;
    WaitOp op = WaitOp::Equal;
    uint16_t subject = 0;
    uint32_t subject_address = 0;  // Word only
    const uint32_t* a = nullptr;   // tested: *a, or *a - *b (mod 2^32) for the Difference forms
    const uint32_t* b = nullptr;
    uint32_t value = 0;

    bool satisfied() const {
        const uint32_t x = __atomic_load_n(a, __ATOMIC_ACQUIRE);
        switch (op) {
            case WaitOp::Equal: return x == value;
            case WaitOp::NotEqual: return x != value;
            case WaitOp::AtLeast: return x >= value;
            case WaitOp::DifferenceAtLeast: return x - *b >= value;
            case WaitOp::DifferenceAtMost: return x - *b <= value;
        }
        return true;
    }
};

// Returns when the condition holds; gives the core to its other fibers meanwhile. Does not return when the launch fails.
void wait_until(tw_ctx*, const Wait&, const tw_site*);

// Ends the launch with a diagnostic about this fiber. Never returns.
[[noreturn]] void fail_kernel(tw_ctx*, const char* code, const char* what, const char* why, const char* fix,
                              const tw_site*);

}  // namespace tw
