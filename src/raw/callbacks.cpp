// The functions that -fsanitize=thread has a kernel call before its loads and stores. In kernels they mean this and nothing
// else: no sanitizer's library is linked. Most accesses are to the kernel's own stack and end after one comparison.
#include "raw/access.h"

#include <algorithm>
#include <cstring>

#if defined(__SANITIZE_THREAD__)
#define TW_OWN_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TW_OWN_SANITIZER 1
#endif
#endif

#ifndef TW_OWN_SANITIZER  // else the names are taken by the sanitizer that this library itself is built with

namespace {

using namespace tw;

[[gnu::always_inline]] inline void touch(const volatile void* address, uint64_t bytes, bool write, bool is_volatile,
                                         const void* code) {
    tw_ctx* const self = tw_self();
    if (__builtin_expect(!self, 0)) return;
    const uint64_t offset = reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(self->l1);
    if (__builtin_expect(offset >= self->l1_size, 1) || bytes == 0) return;
    raw::on_access(self, {.address = static_cast<uint32_t>(offset),
                          .bytes = static_cast<uint32_t>(std::min<uint64_t>(bytes, self->l1_size - offset)),
                          .write = write,
                          .is_volatile = is_volatile,
                          .code = code});
}

}  // namespace

// `kind` is a part of the name; the size follows it.
#define TW_TOUCH(name, size, write, is_volatile)                               \
    void name(void* address) {                                                 \
        touch(address, size, write, is_volatile, __builtin_return_address(0)); \
    }
// NOLINTBEGIN(bugprone-macro-parentheses): types, which take none
#define TW_TOUCHES(size)                                                 \
    TW_TOUCH(__tsan_read##size, size, false, false)                      \
    TW_TOUCH(__tsan_write##size, size, true, false)                      \
    TW_TOUCH(__tsan_unaligned_read##size, size, false, false)            \
    TW_TOUCH(__tsan_unaligned_write##size, size, true, false)            \
    TW_TOUCH(__tsan_volatile_read##size, size, false, true)              \
    TW_TOUCH(__tsan_volatile_write##size, size, true, true)              \
    TW_TOUCH(__tsan_unaligned_volatile_read##size, size, false, true)    \
    TW_TOUCH(__tsan_unaligned_volatile_write##size, size, true, true)    \
    void __tsan_read_write##size(void* address) {                        \
        touch(address, size, false, false, __builtin_return_address(0)); \
        touch(address, size, true, false, __builtin_return_address(0));  \
    }                                                                    \
    void __tsan_unaligned_read_write##size(void* address) {              \
        touch(address, size, false, false, __builtin_return_address(0)); \
        touch(address, size, true, false, __builtin_return_address(0));  \
    }

// Atomics of kernels: told, then done.
#define TW_ATOMICS(bits, type)                                                                              \
    type __tsan_atomic##bits##_load(const volatile type* a, int) {                                          \
        touch(a, sizeof *a, false, true, __builtin_return_address(0));                                      \
        return __atomic_load_n(a, __ATOMIC_SEQ_CST);                                                        \
    }                                                                                                       \
    void __tsan_atomic##bits##_store(volatile type* a, type v, int) {                                       \
        touch(a, sizeof *a, true, true, __builtin_return_address(0));                                       \
        __atomic_store_n(a, v, __ATOMIC_SEQ_CST);                                                           \
    }                                                                                                       \
    TW_ATOMIC_RMW(bits, type, exchange, __atomic_exchange_n)                                                \
    TW_ATOMIC_RMW(bits, type, fetch_add, __atomic_fetch_add)                                                \
    TW_ATOMIC_RMW(bits, type, fetch_sub, __atomic_fetch_sub)                                                \
    TW_ATOMIC_RMW(bits, type, fetch_and, __atomic_fetch_and)                                                \
    TW_ATOMIC_RMW(bits, type, fetch_or, __atomic_fetch_or)                                                  \
    TW_ATOMIC_RMW(bits, type, fetch_xor, __atomic_fetch_xor)                                                \
    TW_ATOMIC_RMW(bits, type, fetch_nand, __atomic_fetch_nand)                                              \
    int __tsan_atomic##bits##_compare_exchange_strong(volatile type* a, type* expected, type v, int, int) { \
        touch(a, sizeof *a, true, true, __builtin_return_address(0));                                       \
        return __atomic_compare_exchange_n(a, expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);      \
    }                                                                                                       \
    int __tsan_atomic##bits##_compare_exchange_weak(volatile type* a, type* expected, type v, int, int) {   \
        touch(a, sizeof *a, true, true, __builtin_return_address(0));                                       \
        return __atomic_compare_exchange_n(a, expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);      \
    }                                                                                                       \
    type __tsan_atomic##bits##_compare_exchange_val(volatile type* a, type expected, type v, int, int) {    \
        touch(a, sizeof *a, true, true, __builtin_return_address(0));                                       \
        __atomic_compare_exchange_n(a, &expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);            \
        return expected;                                                                                    \
    }
#define TW_ATOMIC_RMW(bits, type, name, function)                      \
    type __tsan_atomic##bits##_##name(volatile type* a, type v, int) { \
        touch(a, sizeof *a, true, true, __builtin_return_address(0));  \
        return function(a, v, __ATOMIC_SEQ_CST);                       \
    }

// NOLINTEND(bugprone-macro-parentheses)

extern "C" {

TW_TOUCHES(1)
TW_TOUCHES(2)
TW_TOUCHES(4)
TW_TOUCHES(8)
TW_TOUCHES(16)
TW_ATOMICS(8, uint8_t)
TW_ATOMICS(16, uint16_t)
TW_ATOMICS(32, uint32_t)
TW_ATOMICS(64, uint64_t)

void __tsan_read_range(void* address, unsigned long bytes) {
    touch(address, bytes, false, false, __builtin_return_address(0));
}
void __tsan_write_range(void* address, unsigned long bytes) {
    touch(address, bytes, true, false, __builtin_return_address(0));
}
void* __tsan_memcpy(void* to, const void* from, unsigned long bytes) {
    touch(from, bytes, false, false, __builtin_return_address(0));
    touch(to, bytes, true, false, __builtin_return_address(0));
    return std::memmove(to, from, bytes);
}
void* __tsan_memmove(void* to, const void* from, unsigned long bytes) {
    touch(from, bytes, false, false, __builtin_return_address(0));
    touch(to, bytes, true, false, __builtin_return_address(0));
    return std::memmove(to, from, bytes);
}
void* __tsan_memset(void* to, int value, unsigned long bytes) {
    touch(to, bytes, true, false, __builtin_return_address(0));
    return std::memset(to, value, bytes);
}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
void __tsan_atomic_thread_fence(int) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
void __tsan_atomic_signal_fence(int) {}
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}

}  // extern "C"

#endif
