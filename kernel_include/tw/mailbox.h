// Mailboxes: 32-bit values between the compute threads and BRISC, first in first out for each pair, four deep, blocking
// (docs/upstream-api.md K7).
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"
#include "tw/enums.h"
#include "tw/l1.h"
#include "tw/site.h"

#include <cstdint>

namespace tw {

constexpr uint32_t mailbox_risc(ckernel::ThreadId thread) {
    switch (thread) {
        case ckernel::UnpackThreadId: return TW_TRISC_UNPACK;
        case ckernel::MathThreadId: return TW_TRISC_MATH;
        case ckernel::PackThreadId: return TW_TRISC_PACK;
        default: return TW_BRISC;
    }
}

}  // namespace tw

namespace ckernel {

FORCE_INLINE void mailbox_write(uint8_t thread, uint32_t data, TW_WHERE) {
    tw_mailbox_write(tw_self(), tw::mailbox_risc(static_cast<ThreadId>(thread)), data, TW_SITE);
}
FORCE_INLINE uint32_t mailbox_read(uint8_t thread, TW_WHERE) {
    return tw_mailbox_read(tw_self(), tw::mailbox_risc(static_cast<ThreadId>(thread)), TW_SITE);
}

// A load that has completed when it returns; used to drain stores.
template <class T>
FORCE_INLINE T load_blocking(volatile T* pointer) {
    return *pointer;
}

}  // namespace ckernel
