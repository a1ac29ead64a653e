// Words that kernels put before declarations and that mean something only to the RISC-V compiler, and the few plain types
// that tt-metal's toolchain predefines. On the host the attributes are empty; inlining stays, because call sites must see
// through the wrappers for speed.
#pragma once

#include <cstddef>
#include <cstdint>

#define tt_l1_ptr
#define tt_reg_ptr

#ifndef FORCE_INLINE
#define FORCE_INLINE inline __attribute__((always_inline))
#endif
#ifndef ALWI
#define ALWI inline __attribute__((always_inline))
#endif

// glibc declares `uint` only with default feature macros; kernels use it everywhere.
using uint = unsigned int;

// A 64-bit value whose halves kernels fill in one by one.
union tt_uint64_t {
    uint64_t v;
    struct {
        uint32_t hi;
        uint32_t lo;
    };
};

// Where an inline word write goes; without meaning here, but part of signatures.
enum class InlineWriteDst : uint8_t { DEFAULT = 0, L1 = 1, REG = 2 };

namespace tw {

template <class...>
inline constexpr bool kNever = false;
template <class...>
struct Pack;

}  // namespace tw

// A function that upstream declares and Tilewright lacks: using it does not compile and says its name.
#define TW_REFUSED(name)                                                                             \
    template <auto... TwValues, class... TwArgs>                                                     \
    inline void name(TwArgs&&...) {                                                                  \
        static_assert(::tw::kNever<::tw::Pack<TwArgs...>>, "not implemented in tilewright: " #name); \
    }
