// Where an on-chip address turns into a host pointer, and back. An L1 address is a 32-bit offset that is equal on all cores
// (docs/architecture.md, "Addresses"); a host pointer belongs to one core. Kernels hold pointers only while they read or
// write, so these two functions are the whole border.
#pragma once

#include "tw/abi.h"
#include "tw/site.h"

#include <cstddef>
#include <cstdint>

namespace tw {

// Where this core's L1 begins, and its size. Neither changes while a kernel runs, but a compiler that sees them as memory
// has to read them again after every store a kernel makes; so they are read by asm that has no memory operand, as in
// tw_self(), and loops over L1 keep them in registers.
inline __attribute__((always_inline)) uint8_t* own_l1() {
#if defined(__x86_64__)
    uint8_t* p;
    __asm__("movq tw_current@GOTTPOFF(%%rip), %0\n\tmovq %%fs:(%0), %0\n\tmovq %c1(%0), %0"
            : "=r"(p)
            : "i"(offsetof(tw_ctx, l1)));
    return p;
#else
    return tw_self()->l1;
#endif
}

inline __attribute__((always_inline)) uint32_t own_l1_size() {
#if defined(__x86_64__)
    uint64_t size;
    __asm__("movq tw_current@GOTTPOFF(%%rip), %0\n\tmovq %%fs:(%0), %0\n\tmovl %c1(%0), %k0"
            : "=r"(size)
            : "i"(offsetof(tw_ctx, l1_size)));
    return static_cast<uint32_t>(size);
#else
    return tw_self()->l1_size;
#endif
}

template <class T>
inline __attribute__((always_inline)) T* l1_pointer(uint32_t offset) {
    return reinterpret_cast<T*>(own_l1() + offset);
}

// Operands of the experimental compute API name a place in L1 by its 16-byte word, less one.
template <class Operand>
constexpr Operand llk_operand(uint32_t address) {
    return Operand{address / 16 - 1};
}

// The offset of a pointer into this core's own L1. A value below the size of L1 is taken as an offset already: the lowest
// pages of a process are never mapped, so it cannot be a pointer.
inline __attribute__((always_inline)) uint32_t l1_offset(const volatile void* pointer, uint32_t bytes,
                                                         const tw_site* site) {
    tw_ctx* self = tw_self();
    const uint64_t value = reinterpret_cast<uint64_t>(pointer);
    const uint64_t offset = value - reinterpret_cast<uint64_t>(self->l1);
    if (__builtin_expect(offset < self->l1_size, 1)) return static_cast<uint32_t>(offset);
    if (value < self->l1_size) return static_cast<uint32_t>(value);
    tw_bad_address(self, value, bytes, "pointer outside this core's L1", site);
}

}  // namespace tw
