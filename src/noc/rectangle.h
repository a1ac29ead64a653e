// The workers of a multicast's rectangle.
#pragma once

#include "core/core.h"
#include "noc/address.h"
#include "noc/noc_map.h"

namespace tw {

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

}  // namespace tw
