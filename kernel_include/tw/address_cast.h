// Where an on-chip address becomes a host pointer, and back (docs/architecture.md, "Addresses").
//
// Kernels compute with L1 offsets and cast them to pointers when they touch L1 themselves. On silicon the two are the same
// number; here a pointer is the offset plus the host address of the running core's L1. The JIT rewrites every C-style,
// functional and reinterpret cast of a kernel that might convert between the two into a call of these templates
// (src/jit/rewrite.h), which add or subtract that base, and are plain casts for all other pairs of types.
//
// Rules (docs/architecture.md, "Addresses"):
// - integer -> pointer: 0 stays null, a value inside L1 gets the base added, anything else is taken as it is. A number that
//   is no L1 offset thus becomes a pointer into the never-mapped low pages, and its use is caught as a fault.
// - pointer -> integer: a pointer into this core's L1, or just past it, gives the offset; others are taken as they are.
#pragma once

#include "tw/abi.h"

#include <cstdint>
#include <type_traits>

namespace tw {

inline __attribute__((always_inline)) uintptr_t host_address(uint64_t value) {
    tw_ctx* const self = tw_self();
    return value - 1 < uint64_t{self->l1_size} - 1 ? reinterpret_cast<uintptr_t>(self->l1) + value : value;
}

inline __attribute__((always_inline)) uintptr_t chip_address(const volatile void* pointer) {
    tw_ctx* const self = tw_self();
    const uintptr_t value = reinterpret_cast<uintptr_t>(pointer);
    const uintptr_t offset = value - reinterpret_cast<uintptr_t>(self->l1);
    return offset <= self->l1_size ? offset : value;
}

namespace detail {

template <class T>
inline constexpr bool kIsObjectPointer = std::is_pointer_v<T> && !std::is_function_v<std::remove_pointer_t<T>>;

// bool is no address: (bool)pointer asks whether it is null.
template <class T>
inline constexpr bool kIsAddress =
    (std::is_integral_v<T> || std::is_enum_v<T>) && !std::is_same_v<std::remove_cv_t<T>, bool>;

// 32-bit addresses are unsigned on the chip, also when they arrive in an int.
template <class T>
inline __attribute__((always_inline)) uint64_t address_value(T value) {
    if constexpr (sizeof(T) <= 4) {
        return static_cast<uint32_t>(value);
    } else {
        return static_cast<uint64_t>(value);
    }
}

}  // namespace detail

// (To)value. By value, so that arrays decay and bit-fields can be given, and constexpr: between numbers it is a plain cast
// that constant expressions may contain.
template <class To, class From>
__attribute__((always_inline)) constexpr To c_cast(From value) {
    if constexpr (detail::kIsObjectPointer<To> && detail::kIsAddress<From>) {
        return (To)host_address(detail::address_value(value));
    } else if constexpr (detail::kIsAddress<To> && detail::kIsObjectPointer<From>) {
        return (To)chip_address((const volatile void*)value);
    } else {
        return (To)value;
    }
}

// reinterpret_cast<To>(value), which here also narrows pointers to 32-bit integers as the chip's compiler does.
template <class To, class From>
__attribute__((always_inline)) constexpr To l1_reinterpret_cast(From&& value) {
    using Source = std::remove_cv_t<std::remove_reference_t<From>>;
    if constexpr (detail::kIsObjectPointer<To> && detail::kIsAddress<Source>) {
        return reinterpret_cast<To>(host_address(detail::address_value(value)));
    } else if constexpr (detail::kIsAddress<To> && detail::kIsObjectPointer<std::decay_t<From>>) {
        return (To)chip_address((const volatile void*)value);
    } else if constexpr (detail::kIsAddress<To> && detail::kIsAddress<Source>) {
        return (To)value;
    } else {
        return reinterpret_cast<To>(value);
    }
}

}  // namespace tw

// In front of the condition of loops that might spin (src/jit/rewrite.h). Constant evaluation must not see the call.
#define TW_LOOP_TICK (__builtin_is_constant_evaluated() || ::tw_loop_tick())
