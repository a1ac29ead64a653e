// A NoC address: a 36-bit local address and the (x, y) of a tile, or of the two corners of a rectangle (tw/abi.h).
#pragma once

#include "tw/abi.h"

#include <cstdint>

namespace tw {

struct NocAddress {
    uint64_t local;
    uint32_t x, y;              // unicast, or the far corner of a rectangle
    uint32_t start_x, start_y;  // multicast only

    explicit constexpr NocAddress(uint64_t a)
        : local(a & ((uint64_t{1} << TW_NOC_LOCAL_BITS) - 1)),
          x(a >> TW_NOC_LOCAL_BITS & kMask),
          y(a >> (TW_NOC_LOCAL_BITS + TW_NOC_COORD_BITS) & kMask),
          start_x(a >> (TW_NOC_LOCAL_BITS + 2 * TW_NOC_COORD_BITS) & kMask),
          start_y(a >> (TW_NOC_LOCAL_BITS + 3 * TW_NOC_COORD_BITS) & kMask) {}

    static constexpr uint32_t kMask = (1u << TW_NOC_COORD_BITS) - 1;
};

constexpr uint64_t noc_unicast(uint32_t x, uint32_t y, uint64_t local) {
    return local | uint64_t{x} << TW_NOC_LOCAL_BITS | uint64_t{y} << (TW_NOC_LOCAL_BITS + TW_NOC_COORD_BITS);
}

}  // namespace tw
