// What kernels call of the RISC-V processor itself: caches, clocks, waiting, division helpers. None of it has a counterpart
// on the host except that a loop which invalidates the cache is waiting for somebody, so that call gives way.
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"
#include "tw/site.h"

#include <time.h>
#include <cstddef>
#include <cstdint>

FORCE_INLINE void invalidate_l1_cache(TW_WHERE) {
    tw_yield(tw_self(), TW_SITE);
}

// Quasar's level-2 cache.
FORCE_INLINE void flush_l2_cache_range(uintptr_t, size_t) {}
FORCE_INLINE void flush_l2_cache_line(uintptr_t) {}
FORCE_INLINE void invalidate_l2_cache_range(uintptr_t, size_t) {}
FORCE_INLINE void invalidate_l2_cache_line(uintptr_t) {}

namespace tw {

// Nanoseconds, in place of the core's cycle counter.
inline uint64_t wall_clock() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace tw

inline uint64_t get_timestamp() {
    return tw::wall_clock();
}
inline uint32_t get_timestamp_32b() {
    return static_cast<uint32_t>(tw::wall_clock());
}

// A pause of some cycles: somebody else's turn.
FORCE_INLINE void riscv_wait(uint32_t, TW_WHERE) {
    tw_yield(tw_self(), TW_SITE);
}

// The compiler must not keep memory in registers over this point.
FORCE_INLINE void clobber_all_memory() {
    __asm__ volatile("" ::: "memory");
}

FORCE_INLINE constexpr unsigned int mulsi3(unsigned int a, unsigned int b) {
    return a * b;
}

template <uint32_t d>
FORCE_INLINE constexpr uint32_t udivsi3_const_divisor(uint32_t n) {
    return n / d;
}
template <uint32_t d>
FORCE_INLINE constexpr uint32_t umodsi3_const_divisor(uint32_t n) {
    return n % d;
}
