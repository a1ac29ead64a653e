// Values that the three compute threads must agree on. UNPACK looks into L1 and mails what it sees to MATH and PACK, so
// loops bounded by such a value stay in step (docs/upstream-api.md K3).
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"

#include <cstdint>

namespace tw {

// `see` is called on UNPACK only; everybody returns its result.
template <class See>
FORCE_INLINE uint32_t from_unpack([[maybe_unused]] See see, [[maybe_unused]] const tw_site* site) {
#if defined(TRISC_UNPACK)
    const uint32_t value = see();
    tw_mailbox_write(tw_self(), TW_TRISC_MATH, value, site);
    tw_mailbox_write(tw_self(), TW_TRISC_PACK, value, site);
    return value;
#elif defined(TRISC_MATH) || defined(TRISC_PACK)
    return tw_mailbox_read(tw_self(), TW_TRISC_UNPACK, site);
#else
    return see();
#endif
}

}  // namespace tw
