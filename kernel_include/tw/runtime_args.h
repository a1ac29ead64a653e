// Runtime arguments: 32-bit words, each core its own (or common to all cores of the kernel). Reading one is a bounds test
// and a load; a missing one is reported by the runtime and reads as 0 (docs/upstream-api.md H8.3).
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"
#include "tw/site.h"

#include <bit>
#include <cstdint>

namespace tw {

inline __attribute__((always_inline)) uint32_t runtime_arg(uint32_t index, const tw_site* site) {
    tw_ctx* self = tw_self();
    if (__builtin_expect(index < self->rt_arg_count, 1)) return self->rt_args[index];
    return tw_rt_arg(self, index, site);
}

inline __attribute__((always_inline)) uint32_t common_arg(uint32_t index, const tw_site* site) {
    tw_ctx* self = tw_self();
    if (__builtin_expect(index < self->common_arg_count, 1)) return self->common_args[index];
    return tw_common_arg(self, index, site);
}

}  // namespace tw

template <class T>
FORCE_INLINE T get_arg_val(int arg_idx, TW_WHERE) {
    static_assert(sizeof(T) == 4, "runtime arguments are 4 bytes");
    return std::bit_cast<T>(tw::runtime_arg(static_cast<uint32_t>(arg_idx), TW_SITE));
}

template <class T>
FORCE_INLINE T get_common_arg_val(int arg_idx, TW_WHERE) {
    static_assert(sizeof(T) == 4, "runtime arguments are 4 bytes");
    return std::bit_cast<T>(tw::common_arg(static_cast<uint32_t>(arg_idx), TW_SITE));
}

// L1 addresses of the words. 32 bits, as addresses are on the device: kernels put them into 32-bit fields.
FORCE_INLINE uint32_t get_arg_addr(int arg_idx) {
    return tw_self()->rt_args_l1 + static_cast<uint32_t>(arg_idx) * 4;
}
FORCE_INLINE uint32_t get_common_arg_addr(int arg_idx) {
    return tw_self()->common_args_l1 + static_cast<uint32_t>(arg_idx) * 4;
}

// Where this kernel's core is.
FORCE_INLINE uint8_t get_absolute_logical_x() {
    return static_cast<uint8_t>(tw_self()->logical_x);
}
FORCE_INLINE uint8_t get_absolute_logical_y() {
    return static_cast<uint8_t>(tw_self()->logical_y);
}
FORCE_INLINE uint8_t get_relative_logical_x() {
    return static_cast<uint8_t>(tw_self()->relative_x);
}
FORCE_INLINE uint8_t get_relative_logical_y() {
    return static_cast<uint8_t>(tw_self()->relative_y);
}

// Firmware has these in variables, which some kernels declare themselves: `extern uint8_t my_logical_x_;`. With a name that
// stands for a call, the declaration declares the function again and a use calls it, on whatever core the kernel is.
FORCE_INLINE uint8_t tw_my_logical_x() {
    return static_cast<uint8_t>(tw_self()->logical_x);
}
FORCE_INLINE uint8_t tw_my_logical_y() {
    return static_cast<uint8_t>(tw_self()->logical_y);
}
FORCE_INLINE uint8_t tw_my_relative_x() {
    return static_cast<uint8_t>(tw_self()->relative_x);
}
FORCE_INLINE uint8_t tw_my_relative_y() {
    return static_cast<uint8_t>(tw_self()->relative_y);
}
#define my_logical_x_ tw_my_logical_x()
#define my_logical_y_ tw_my_logical_y()
#define my_relative_x_ tw_my_relative_x()
#define my_relative_y_ tw_my_relative_y()

// Quasar's kernel threads; one a processor on the chips that we model.
FORCE_INLINE constexpr uint32_t get_num_threads() {
    return 1;
}
FORCE_INLINE constexpr uint32_t get_my_thread_id() {
    return 0;
}
FORCE_INLINE void sync_threads() {}
