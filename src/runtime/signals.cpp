#include "runtime/signals.h"

#include "base/error.h"

#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

// There in a build with AddressSanitizer only: it is told that the frames of a fiber that failed are gone.
extern "C" __attribute__((weak)) void __asan_unpoison_memory_region(const volatile void*, size_t);
extern "C" __attribute__((weak)) void* __tsan_get_current_fiber();  // likewise, with ThreadSanitizer

namespace tw::runtime {
namespace {

constexpr int kFaults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
constexpr size_t kFaultCount = std::size(kFaults);
// Real-time signals are free for applications; a middle one, since debuggers and profilers take the first or the last.
int preempt_signal() {
    return SIGRTMIN + 7;
}
constexpr long kMonitorPeriodNs = 10'000'000;
constexpr size_t kAltStackBytes = 64 * 1024;
constexpr size_t kMostWorkers = 256;

enum class Whose : uint8_t { Kernel, Runtime };

// What the monitor and the handlers know of one worker thread. Written by that thread, except where atomic.
struct Worker {
    std::atomic<bool> in_use{false};
    std::atomic<pid_t> thread{0};       // the monitor may look while a slot is taken anew
    std::atomic<uint64_t> switches{0};  // grows at every switch
    std::atomic<bool> on_fiber{false};
    Processor* processor = nullptr;
    uint64_t seen_by_monitor = 0;
    // The fault that is being handled.
    int signal = 0, code = 0;
    uintptr_t address = 0;
    uintptr_t place = 0;  // in the kernel's code; 0: not known
    Whose whose = Whose::Kernel;
    StackEnd stack_end{};
    bool stack_overflow = false;  // what the fault is
    bool in_reserve = false;      // the fiber ends at its next switch
};

std::array<Worker, kMostWorkers> workers;
thread_local Worker* this_worker __attribute__((tls_model("initial-exec"))) = nullptr;

// ---------------------------------------------------------------- faults

struct sigaction previous[kFaultCount];
struct sigaction previous_preempt;
int scopes = 0;
std::mutex scopes_mutex;

uintptr_t program_counter(const ucontext_t* uc) {
#if defined(__x86_64__)
    return static_cast<uintptr_t>(uc->uc_mcontext.gregs[REG_RIP]);
#else
    return uc->uc_mcontext.pc;
#endif
}

constexpr uintptr_t kLargestStack = 64u << 20;  // a stack pointer farther from the top was not one
// A frame of a signal handler, with all of AVX-512's registers.
constexpr uintptr_t kSignalFrameBytes = 16 * 1024;

struct TextRange {
    const std::byte *begin = nullptr, *end = nullptr;
    bool holds(uintptr_t address) const {
        return address >= reinterpret_cast<uintptr_t>(begin) && address < reinterpret_cast<uintptr_t>(end);
    }
};

// The executable segment that an address lies in.
TextRange text_around(uintptr_t address) {
    struct Query {
        uintptr_t address;
        TextRange range;
    } query{address, {}};
    dl_iterate_phdr(
        [](dl_phdr_info* info, size_t, void* data) {
            auto* q = static_cast<Query*>(data);
            for (int i = 0; i < info->dlpi_phnum; ++i) {
                const auto& h = info->dlpi_phdr[i];
                const uintptr_t begin = info->dlpi_addr + h.p_vaddr, end = begin + h.p_memsz;
                if (h.p_type == PT_LOAD && (h.p_flags & PF_X) && q->address >= begin && q->address < end) {
                    q->range = {reinterpret_cast<const std::byte*>(begin), reinterpret_cast<const std::byte*>(end)};
                    return 1;
                }
            }
            return 0;
        },
        &query);
    return query.range;
}

TextRange runtime_text;  // found when the handlers are put in place
std::atomic<bool> spoiled{false};
// From a stack's top down to where its kernel's frames begin: the same on all fibers.
std::atomic<uintptr_t> depth_of_entry{0};

void go_on_at(ucontext_t* uc, uintptr_t pc, uintptr_t sp) {
#if defined(__x86_64__)
    uc->uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(pc);
    uc->uc_mcontext.gregs[REG_RSP] = static_cast<greg_t>(sp);
#else
    uc->uc_mcontext.pc = pc;
    uc->uc_mcontext.sp = sp;
#endif
}

uintptr_t stack_pointer(const ucontext_t* uc) {
#if defined(__x86_64__)
    return static_cast<uintptr_t>(uc->uc_mcontext.gregs[REG_RSP]);
#else
    return uc->uc_mcontext.sp;
#endif
}

// Runs on the fiber's own stack, after the handler has returned: here locks and memory may be used.
[[noreturn]] void after_fault() {
    Worker& w = *this_worker;
    tw_ctx* ctx = &w.processor->ctx;
    if (w.stack_overflow)
        stop_fiber(ctx, problem_at(ctx, nullptr, ProblemKind::StackOverflow, w.address, static_cast<uint64_t>(w.stack_end),
                                   w.place));
    const auto kind = w.whose == Whose::Runtime ? ProblemKind::RuntimeFault : ProblemKind::Fault;
    const uint64_t signal = static_cast<uint32_t>(w.signal) | static_cast<uint64_t>(static_cast<uint32_t>(w.code)) << 32;
    stop_fiber(ctx, problem_at(ctx, nullptr, kind, signal, w.address, w.place));
}

void forward(int signal, siginfo_t* info, void* context) {
    for (size_t i = 0; i < kFaultCount; ++i) {
        if (kFaults[i] != signal) continue;
        const struct sigaction& old = previous[i];
        if (old.sa_flags & SA_SIGINFO) return old.sa_sigaction(signal, info, context);
        if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) return old.sa_handler(signal);
        // The default is death: put it back and let the instruction fault again.
        ::signal(signal, SIG_DFL);
        if (signal == SIGABRT || signal == SIGTRAP || signal == SIGSYS) ::raise(signal);
        return;
    }
}

// Walks from the faulting instruction out to the first caller that is the kernel or the runtime.
struct Walk {
    TextRange kernel;
    uintptr_t pc = 0, kernel_begins = 0;
    bool at_fault = false;  // the handler's own frames are behind us
    bool found = false;
    Whose whose = Whose::Runtime;
    uintptr_t place = 0;

    static _Unwind_Reason_Code step(_Unwind_Context* context, void* self) {
        Walk& w = *static_cast<Walk*>(self);
        const uintptr_t ip = _Unwind_GetIP(context);
        if (!w.at_fault) {
            w.at_fault = ip == w.pc;
            return _URC_NO_REASON;
        }
        const bool in_kernel = w.kernel.holds(ip - 1);
        // The runtime below the kernel's frames: the kernel had called the function as its very last.
        const bool below_kernel = _Unwind_GetCFA(context) >= w.kernel_begins;
        w.found = in_kernel || below_kernel || runtime_text.holds(ip);
        if (!w.found) return _URC_NO_REASON;
        if (in_kernel || below_kernel) w.whose = Whose::Kernel;
        if (in_kernel) w.place = ip - 1;
        return _URC_END_OF_STACK;
    }
};

// Whose code a fault is in, and where in the kernel.
[[gnu::no_sanitize_address]] void find_place(Worker& w, const ucontext_t* uc) {
    const Processor& p = *w.processor;
    Walk walk{.kernel = {p.text_begin, p.text_end}, .pc = program_counter(uc)};
    w.whose = Whose::Kernel;
    w.place = walk.pc;
    if (walk.kernel.holds(walk.pc)) return;
    w.whose = Whose::Runtime;
    w.place = 0;
    if (runtime_text.holds(walk.pc)) return;
    walk.kernel_begins = reinterpret_cast<uintptr_t>(p.fiber.stack_top()) - depth_of_entry.load(std::memory_order_relaxed);
    // The unwinder reads the instruction, which a jump to where no code is has none of.
    if (text_around(walk.pc).begin) _Unwind_Backtrace(&Walk::step, &walk);
    const uintptr_t sp = stack_pointer(uc);
    if (!walk.found && p.fiber.area_of(sp) == Fiber::Area::Stack) {
        const uintptr_t back = *reinterpret_cast<const uintptr_t*>(sp & ~uintptr_t{7});
        if (walk.kernel.holds(back)) walk = {.whose = Whose::Kernel, .place = back - 1};
    }
    w.whose = walk.whose;
    w.place = walk.place;
}

// Is the fault the end of the stack? What a kernel does there is told apart by the distance from the stack pointer.
bool is_stack_overflow(Worker& w, uintptr_t sp) {
    const Fiber& fiber = w.processor->fiber;
    w.stack_end = StackEnd::UsedUp;
    // The system had no room for a signal's frame; it gives no address then.
    if (w.signal == SIGSEGV && w.code == SI_KERNEL && fiber.area_of(sp) == Fiber::Area::Stack)
        return fiber.area_of(sp - kSignalFrameBytes) == Fiber::Area::Reserve;
    switch (fiber.area_of(w.address)) {
        case Fiber::Area::UpperGuard: w.stack_end = StackEnd::AboveTheTop; return true;
        case Fiber::Area::LowerGuard:
        case Fiber::Area::Reserve:
            if (sp > w.address + kSignalFrameBytes) w.stack_end = StackEnd::BelowAnArray;
            return true;
        default: return false;
    }
}

void on_fault(int signal, siginfo_t* info, void* context) {
    Worker* w = this_worker;
    if (!w || !w->on_fiber.load(std::memory_order_relaxed) || w->signal) return forward(signal, info, context);
    auto* uc = static_cast<ucontext_t*>(context);
    Fiber& fiber = w->processor->fiber;
    w->signal = signal;
    w->code = info->si_code;
    w->address = reinterpret_cast<uintptr_t>(info->si_addr);
    find_place(*w, uc);
    w->stack_overflow = is_stack_overflow(*w, stack_pointer(uc));
    if (w->stack_overflow && w->whose == Whose::Runtime && !w->in_reserve &&
        fiber.area_of(w->address) == Fiber::Area::Reserve) {
        fiber.open_reserve();
        w->in_reserve = true;
        w->signal = 0;
        return;
    }
    if (w->whose == Whose::Runtime) {
        spoiled = true;
        w->stack_overflow = false;
    }
    w->in_reserve = false;
    // The fiber never goes on, so its whole stack is free; the old stack pointer may be the fault itself.
    const uintptr_t top = reinterpret_cast<uintptr_t>(fiber.stack_top()) & ~uintptr_t{15};
    if (const uintptr_t sp = stack_pointer(uc); __asan_unpoison_memory_region && sp < top && top - sp < kLargestStack)
        __asan_unpoison_memory_region(reinterpret_cast<void*>(sp), top - sp);
    go_on_at(uc, reinterpret_cast<uintptr_t>(&after_fault), top - 64 - 8);
}

// ---------------------------------------------------------------- preemption

// The return from a handler gives the thread the signal stack and the mask that the interrupted one had: those of the
// thread that the fiber is on now, or two threads would share a signal stack. Not inlined: the compiler may keep the
// address of errno over a call.
[[gnu::noinline]] void now_on_this_thread(ucontext_t* uc, int saved_errno) {
    sigaltstack(nullptr, &uc->uc_stack);
    pthread_sigmask(SIG_SETMASK, nullptr, &uc->uc_sigmask);
    errno = saved_errno;
}

void on_preempt(int, siginfo_t*, void* context) {
    Worker* w = this_worker;
    if (!w || !w->on_fiber.load(std::memory_order_relaxed)) return;
    auto* uc = static_cast<ucontext_t*>(context);
    Processor& p = *w->processor;
    const auto* pc = reinterpret_cast<const std::byte*>(program_counter(uc));
    if (pc < p.text_begin || pc >= p.text_end) return;
    const int saved_errno = errno;
    p.state = FiberState::Ready;
    p.wait = Wait{.kind = WaitKind::Yield};
    p.fiber.suspend();  // may come back on another thread; this_worker is stale below
    now_on_this_thread(uc, saved_errno);
}

class Monitor {
public:
    static Monitor& get() {
        [[maybe_unused]] static const bool made = [] {
            one_ = new Monitor;
            return pthread_atfork(nullptr, nullptr, [] { one_ = new Monitor; }) == 0;
        }();
        return *one_;
    }

    void launch_begins() {
        launches_.fetch_add(1);
        if (asleep_.load()) {
            std::lock_guard lock(mutex_);
            if (!started_) {
                started_ = true;
                std::thread([this] { watch(); }).detach();
            }
            wake_.notify_one();
        }
    }
    void launch_ends() { launches_.fetch_sub(1); }

private:
    static inline Monitor* one_ = nullptr;  // its thread outlives everything but a fork

    void watch() {
        int idle = 0;
        for (;;) {
            if (launches_.load() == 0 && ++idle > 100) {
                std::unique_lock lock(mutex_);
                asleep_ = true;
                wake_.wait(lock, [&] { return launches_.load() > 0; });
                asleep_ = false;
                idle = 0;
            }
            const timespec period{0, kMonitorPeriodNs};
            nanosleep(&period, nullptr);
            if (launches_.load() == 0) continue;
            idle = 0;
            if (__tsan_get_current_fiber) continue;  // it holds signals back: a fiber would be suspended in the runtime
            for (Worker& w : workers) {
                if (!w.in_use.load()) continue;
                const uint64_t switches = w.switches.load(std::memory_order_relaxed);
                // The thread may have ended meanwhile, so it is named by a number: that is safe when nobody has it any
                // more.
                if (w.on_fiber.load(std::memory_order_relaxed) && switches == w.seen_by_monitor)
                    tgkill(getpid(), w.thread, preempt_signal());
                w.seen_by_monitor = switches;
            }
        }
    }

    std::atomic<int> launches_{0};
    std::atomic<bool> asleep_{true};
    std::mutex mutex_;
    std::condition_variable wake_;
    bool started_ = false;
};

struct AltStack {
    void* memory =
        mmap(nullptr, kAltStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ~AltStack() { munmap(memory, kAltStackBytes); }
};

thread_local stack_t previous_alt_stack;

}  // namespace

SignalScope::SignalScope() {
    std::lock_guard lock(scopes_mutex);
    if (scopes++ == 0) {
        if (!runtime_text.begin) runtime_text = text_around(reinterpret_cast<uintptr_t>(&on_fault));
        struct sigaction action{};
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
        for (size_t i = 0; i < kFaultCount; ++i) sigaction(kFaults[i], &action, &previous[i]);
        action.sa_sigaction = on_preempt;
        action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART;  // on the fiber's own stack, where it can be left
        sigaction(preempt_signal(), &action, &previous_preempt);
    }
    Monitor::get().launch_begins();
}

SignalScope::~SignalScope() {
    Monitor::get().launch_ends();
    std::lock_guard lock(scopes_mutex);
    if (--scopes > 0) return;
    for (size_t i = 0; i < kFaultCount; ++i) sigaction(kFaults[i], &previous[i], nullptr);
    // The preempt handler stays: a signal sent just now must not kill the process. It does nothing outside fibers.
}

WorkerScope::WorkerScope() {
    static thread_local AltStack alt;
    stack_t stack{};
    stack.ss_sp = alt.memory;
    stack.ss_size = kAltStackBytes;
    sigaltstack(&stack, &previous_alt_stack);
    for (Worker& w : workers) {
        bool expected = false;
        if (!w.in_use.load(std::memory_order_relaxed) && w.in_use.compare_exchange_strong(expected, true)) {
            w.thread = gettid();
            w.on_fiber = false;
            w.signal = 0;
            this_worker = &w;
            return;
        }
    }
    check_failed("a free worker slot", __FILE__, __LINE__);
}

WorkerScope::~WorkerScope() {
    this_worker->in_use = false;
    this_worker = nullptr;
    sigaltstack(&previous_alt_stack, nullptr);
}

void WorkerScope::entering_fiber(Processor& p) {
    Worker& w = *this_worker;
    w.processor = &p;
    w.signal = 0;
    w.in_reserve = false;
    w.switches.store(w.switches.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    tw_current = &p.ctx;
    w.on_fiber.store(true, std::memory_order_release);  // the handler on this thread reads the rest
}

void WorkerScope::left_fiber() {
    Worker& w = *this_worker;
    w.on_fiber.store(false, std::memory_order_relaxed);
    tw_current = nullptr;
    if (!w.in_reserve) [[likely]]
        return;
    const tw_ctx* ctx = &w.processor->ctx;
    w.processor->core->host->stop(problem_at(ctx, nullptr, ProblemKind::StackOverflow));
}

void note_kernel_begins(const Processor& p) {
    // The caller's stack pointer, which is the same when it calls the kernel.
    const uintptr_t caller = reinterpret_cast<uintptr_t>(__builtin_dwarf_cfa());
    depth_of_entry.store(reinterpret_cast<uintptr_t>(p.fiber.stack_top()) - caller, std::memory_order_relaxed);
}

bool memory_is_spoiled() {
    return spoiled;
}

void find_text(Processor& p) {
    static std::unordered_map<jit::KernelImage::Entry, TextRange> known;  // launches take turns (runtime/launch.cpp)
    auto [it, fresh] = known.try_emplace(p.image->entry);
    if (fresh) it->second = text_around(reinterpret_cast<uintptr_t>(p.image->entry));
    p.text_begin = it->second.begin;
    p.text_end = it->second.end;
}

}  // namespace tw::runtime
