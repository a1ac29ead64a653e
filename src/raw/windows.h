// Loads and stores through pointers against the windows of circular buffers: a page that was not waited for or was popped
// already, a page that is not reserved or was pushed already. The rules are those of transfers (core/cb_checks.h); here the
// processor itself moves the bytes.
#pragma once

#include "raw/access.h"

#include <algorithm>

namespace tw::raw {

// L1 addresses.
struct Range {
    uint32_t from = 0, to = 0;
    void clip(uint32_t begin, uint32_t end) {
        from = std::max(from, begin);
        to = std::max(from, std::min(to, end));
    }
};

// False: it is outside, which has been told or is not asked. Else `fine` is cut down to where the buffer's answer is the
// same.
bool check_raw_window(tw_ctx*, const Access&, Range& fine);

}  // namespace tw::raw
