#include "fiber/fiber.h"

#include "base/error.h"

#include <sys/mman.h>

#include <boost/context/detail/fcontext.hpp>

#if defined(__SANITIZE_ADDRESS__)
#define TW_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TW_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define TW_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TW_TSAN 1
#endif
#endif
#ifdef TW_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef TW_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace tw {

namespace ctx = boost::context::detail;

namespace {

// Real kernels have a few KiB of stack on the chip. Compiled for a host with AVX-512 and interrupted by a signal, whose
// frame alone takes about 4 KiB, they need more (Fiber::kStackBytes); pages that are never touched cost nothing.
constexpr size_t kGuardBytes = 64 * 1024;
constexpr size_t kReserveBytes = 64 * 1024;
constexpr size_t kBelowStack = kGuardBytes + kReserveBytes;
constexpr size_t kMappingBytes = kBelowStack + Fiber::kStackBytes + kGuardBytes;

}  // namespace

struct FiberTrampoline {
    static void enter(ctx::transfer_t from) {
        auto* self = static_cast<Fiber*>(from.data);
        self->worker_ = from.fctx;
        Fiber::trampoline_body(self);
    }
};

Fiber::~Fiber() {
#ifdef TW_TSAN
    if (sanitizer_fiber_) __tsan_destroy_fiber(sanitizer_fiber_);
#endif
    if (mapping_) munmap(mapping_, kMappingBytes);
}

void Fiber::map_stack() {
    void* p = mmap(nullptr, kMappingBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (p == MAP_FAILED || mprotect(static_cast<std::byte*>(p) + kBelowStack, kStackBytes, PROT_READ | PROT_WRITE) != 0) {
        if (p != MAP_FAILED) munmap(p, kMappingBytes);
        raise(Category::Environment, "no-memory", "cannot map the stack of a kernel's fiber",
              {.fix = "raise the limits on virtual memory (ulimit -v) or on mappings (vm.max_map_count)"});
    }
    mapping_ = static_cast<std::byte*>(p);
    stack_top_ = mapping_ + kBelowStack + kStackBytes;
}

void Fiber::open_reserve() {
    mprotect(mapping_ + kGuardBytes, kReserveBytes, PROT_READ | PROT_WRITE);
    reserve_is_open_ = true;
}

void Fiber::reset(Entry entry, void* argument) {
    if (!mapping_) map_stack();
    if (reserve_is_open_) {
        mprotect(mapping_ + kGuardBytes, kReserveBytes, PROT_NONE);
        reserve_is_open_ = false;
    }
    entry_ = entry;
    argument_ = argument;
#ifdef TW_ASAN
    __asan_unpoison_memory_region(mapping_ + kBelowStack, kStackBytes);
#endif
#ifdef TW_TSAN
    if (sanitizer_fiber_) __tsan_destroy_fiber(sanitizer_fiber_);
    sanitizer_fiber_ = __tsan_create_fiber(0);
#endif
    context_ = ctx::make_fcontext(stack_top_, kStackBytes, FiberTrampoline::enter);
}

void Fiber::trampoline_body(Fiber* self) {
#ifdef TW_ASAN
    __sanitizer_finish_switch_fiber(nullptr, &self->worker_stack_, &self->worker_stack_size_);
#endif
    self->entry_(self->argument_);
    check_failed("a fiber's entry does not return", __FILE__, __LINE__);
}

void Fiber::resume() {
#ifdef TW_ASAN
    void* fake_stack = nullptr;
    __sanitizer_start_switch_fiber(&fake_stack, mapping_ + kBelowStack, kStackBytes);
#endif
#ifdef TW_TSAN
    sanitizer_worker_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(sanitizer_fiber_, 0);
#endif
    const ctx::transfer_t back = ctx::jump_fcontext(context_, this);
    context_ = back.fctx;
#ifdef TW_ASAN
    __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
}

void Fiber::suspend() {
#ifdef TW_ASAN
    void* fake_stack = nullptr;
    __sanitizer_start_switch_fiber(&fake_stack, worker_stack_, worker_stack_size_);
#endif
#ifdef TW_TSAN
    __tsan_switch_to_fiber(sanitizer_worker_, 0);
#endif
    const ctx::transfer_t again = ctx::jump_fcontext(worker_, nullptr);
    worker_ = again.fctx;
#ifdef TW_ASAN
    __sanitizer_finish_switch_fiber(fake_stack, &worker_stack_, &worker_stack_size_);
#endif
}

Fiber::Area Fiber::area_of(uintptr_t address) const {
    const uintptr_t offset = address - reinterpret_cast<uintptr_t>(mapping_);
    if (!mapping_ || offset >= kMappingBytes) return Area::Elsewhere;
    if (offset < kGuardBytes) return Area::LowerGuard;
    if (offset < kBelowStack) return Area::Reserve;
    return offset < kBelowStack + kStackBytes ? Area::Stack : Area::UpperGuard;
}

}  // namespace tw
