// NoC addresses: making them, taking them apart. Kernels treat them as opaque but for a few macros, so the packing is ours
// to choose; it is Wormhole's, which both chips' kernels were written against (tw/abi.h, docs/upstream-api.md K4).
#pragma once

#include "tw/abi.h"
#include "tw/arch_constants.h"
#include "tw/attributes.h"
#include "tw/site.h"

#include <cstdint>

namespace tw {

// The NoC that a call uses when the kernel names none.
FORCE_INLINE uint8_t default_noc() {
    return tw_self()->noc_index;
}

inline constexpr uint64_t kNocLocalMask = (uint64_t(1) << TW_NOC_LOCAL_BITS) - 1;
inline constexpr uint32_t kNocCoordMask = (1u << TW_NOC_COORD_BITS) - 1;

constexpr uint64_t noc_unicast(uint32_t x, uint32_t y, uint64_t local) {
    return (local & kNocLocalMask) | uint64_t(x & kNocCoordMask) << TW_NOC_LOCAL_BITS |
           uint64_t(y & kNocCoordMask) << (TW_NOC_LOCAL_BITS + TW_NOC_COORD_BITS);
}

constexpr uint64_t noc_rectangle(uint32_t start_x, uint32_t start_y, uint32_t end_x, uint32_t end_y, uint64_t local) {
    return noc_unicast(end_x, end_y, local) |
           uint64_t(start_x & kNocCoordMask) << (TW_NOC_LOCAL_BITS + 2 * TW_NOC_COORD_BITS) |
           uint64_t(start_y & kNocCoordMask) << (TW_NOC_LOCAL_BITS + 3 * TW_NOC_COORD_BITS);
}

constexpr uint32_t noc_x(uint64_t address) {
    return uint32_t(address >> TW_NOC_LOCAL_BITS) & kNocCoordMask;
}
constexpr uint32_t noc_y(uint64_t address) {
    return uint32_t(address >> (TW_NOC_LOCAL_BITS + TW_NOC_COORD_BITS)) & kNocCoordMask;
}

FORCE_INLINE bool noc_is_own_core(uint32_t x, uint32_t y, uint8_t noc) {
    const tw_ctx* self = tw_self();
    return x == self->my_x[noc & 1] && y == self->my_y[noc & 1];
}

// my_x[noc] and my_y[noc] read the running core's coordinates; an object and not a macro, since kernels name their own
// variables like this too.
template <bool Y>
struct OwnCoordinate {
    uint8_t operator[](uint32_t noc) const {
        const tw_ctx* self = tw_self();
        return Y ? self->my_y[noc & 1] : self->my_x[noc & 1];
    }
};

}  // namespace tw

inline constexpr tw::OwnCoordinate<false> my_x;
inline constexpr tw::OwnCoordinate<true> my_y;

#define NOC_X(x) (x)
#define NOC_Y(y) (y)
#define DYNAMIC_NOC_X(noc, x) (x)
#define DYNAMIC_NOC_Y(noc, y) (y)
#define NOC_XY_ADDR(x, y, addr) (::tw::noc_unicast((x), (y), (addr)))
#define NOC_LOCAL_ADDR_OFFSET(a) ((a) & ::tw::kNocLocalMask)
#define NOC_LOCAL_ADDR(a) ((a) & ::tw::kNocLocalMask)
#define NOC_UNICAST_ADDR_X(a) (::tw::noc_x(a))
#define NOC_UNICAST_ADDR_Y(a) (::tw::noc_y(a))
#define NOC_XY_ENCODING(x, y) (((uint32_t(y)) << TW_NOC_COORD_BITS) | uint32_t(x))

FORCE_INLINE uint64_t get_noc_addr(uint32_t noc_x, uint32_t noc_y, uint32_t addr, uint8_t = 0) {
    return tw::noc_unicast(noc_x, noc_y, addr);
}

// Own core.
FORCE_INLINE uint64_t get_noc_addr(uint32_t addr, uint8_t noc) {
    const tw_ctx* self = tw_self();
    return tw::noc_unicast(self->my_x[noc & 1], self->my_y[noc & 1], addr);
}
FORCE_INLINE uint64_t get_noc_addr(uint32_t addr) {
    return get_noc_addr(addr, tw::default_noc());
}

// A packed pair (y << 6 | x) and a local address.
FORCE_INLINE uint64_t get_noc_addr_helper(uint32_t noc_xy, uint32_t addr) {
    return uint64_t(noc_xy) << TW_NOC_LOCAL_BITS | addr;
}

FORCE_INLINE uint64_t get_noc_multicast_addr(uint32_t noc_x_start, uint32_t noc_y_start, uint32_t noc_x_end,
                                             uint32_t noc_y_end, uint32_t addr, uint8_t = 0) {
    return tw::noc_rectangle(noc_x_start, noc_y_start, noc_x_end, noc_y_end, addr);
}

template <bool DRAM>
FORCE_INLINE uint64_t get_noc_addr_from_bank_id(uint32_t bank_id, uint32_t bank_address_offset, uint8_t = 0, TW_WHERE) {
    return tw_bank_address(tw_self(), DRAM, bank_id, bank_address_offset, TW_SITE);
}

// Upstream's layer between addresses and their packing; some kernels call it directly.
namespace noc_address_backend {

FORCE_INLINE uint64_t worker_address(uint32_t x, uint32_t y, uint32_t local, uint8_t = 0) {
    return tw::noc_unicast(x, y, local);
}
FORCE_INLINE uint64_t self_address(uint32_t local, uint8_t noc) {
    return get_noc_addr(local, noc);
}
FORCE_INLINE uint32_t extract_local_address(uint64_t address) {
    return static_cast<uint32_t>(address & tw::kNocLocalMask);
}
FORCE_INLINE bool is_local(uint64_t address, uint8_t noc) {
    return tw::noc_is_own_core(tw::noc_x(address), tw::noc_y(address), noc);
}
FORCE_INLINE bool is_local_coordinate(uint32_t x, uint32_t y, uint8_t noc) {
    return tw::noc_is_own_core(x, y, noc);
}

}  // namespace noc_address_backend

FORCE_INLINE bool is_l1_address(uint64_t addr) {
    return (addr >> TW_NOC_LOCAL_BITS) == 0 && addr < tw_self()->l1_size;
}
