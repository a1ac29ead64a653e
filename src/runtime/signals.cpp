#include "runtime/signals.h"

#include "base/error.h"

#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

// There in a build with AddressSanitizer only: it is told that the frames of a fiber that failed are gone.
extern "C" __attribute__((weak)) void __asan_unpoison_memory_region(const volatile void*, size_t);

namespace tw::runtime {
namespace {

constexpr int kFaults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr size_t kFaultCount = std::size(kFaults);
// Real-time signals are free for applications; a middle one, since debuggers and profilers take the first or the last.
int preempt_signal() {
    return SIGRTMIN + 7;
}
constexpr long kMonitorPeriodNs = 10'000'000;
constexpr size_t kAltStackBytes = 64 * 1024;
constexpr size_t kMostWorkers = 256;

// What the monitor and the handlers know of one worker thread. Written by that thread, except where atomic.
struct Worker {
    std::atomic<bool> in_use{false};
    std::atomic<pthread_t> thread{};    // the monitor may look while a slot is taken anew
    std::atomic<uint64_t> switches{0};  // grows at every switch
    std::atomic<bool> on_fiber{false};
    Processor* processor = nullptr;
    uint64_t seen_by_monitor = 0;
    // The fault that is being handled.
    int signal = 0;
    uintptr_t address = 0, pc = 0;
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
    stop_fiber(ctx, problem_at(ctx, nullptr, ProblemKind::Fault, static_cast<uint64_t>(w.signal), w.address, w.pc));
}

void forward(int signal, siginfo_t* info, void* context) {
    for (size_t i = 0; i < kFaultCount; ++i) {
        if (kFaults[i] != signal) continue;
        const struct sigaction& old = previous[i];
        if (old.sa_flags & SA_SIGINFO) return old.sa_sigaction(signal, info, context);
        if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) return old.sa_handler(signal);
        // The default is death: put it back and let the instruction fault again.
        ::signal(signal, SIG_DFL);
        if (signal == SIGABRT) ::raise(signal);
        return;
    }
}

void on_fault(int signal, siginfo_t* info, void* context) {
    Worker* w = this_worker;
    if (!w || !w->on_fiber.load(std::memory_order_relaxed) || w->signal) return forward(signal, info, context);
    auto* uc = static_cast<ucontext_t*>(context);
    w->signal = signal;
    w->address = reinterpret_cast<uintptr_t>(info->si_addr);
    w->pc = program_counter(uc);
    // The fiber never goes on, so its whole stack is free; the old stack pointer may be the fault itself.
    const uintptr_t top = reinterpret_cast<uintptr_t>(w->processor->fiber.stack_top()) & ~uintptr_t{15};
    if (const uintptr_t sp = stack_pointer(uc); __asan_unpoison_memory_region && sp < top && top - sp < kLargestStack)
        __asan_unpoison_memory_region(reinterpret_cast<void*>(sp), top - sp);
    go_on_at(uc, reinterpret_cast<uintptr_t>(&after_fault), top - 64 - 8);
}

// ---------------------------------------------------------------- preemption

void on_preempt(int, siginfo_t*, void* context) {
    const int saved_errno = errno;
    Worker* w = this_worker;
    if (w && w->on_fiber.load(std::memory_order_relaxed)) {
        Processor& p = *w->processor;
        const auto* pc = reinterpret_cast<const std::byte*>(program_counter(static_cast<ucontext_t*>(context)));
        if (pc >= p.text_begin && pc < p.text_end) {
            p.state = FiberState::Ready;
            p.wait = Wait{.kind = WaitKind::Yield};
            p.fiber.suspend();  // may come back on another thread; this_worker is stale below
        }
    }
    errno = saved_errno;
}

class Monitor {
public:
    static Monitor& get() {
        static Monitor* monitor = new Monitor;  // its thread outlives everything
        return *monitor;
    }

    void launch_begins() {
        launches_.fetch_add(1);
        if (asleep_.load()) {
            std::lock_guard lock(mutex_);
            if (owner_ != getpid()) {
                owner_ = getpid();
                std::thread([this] { watch(); }).detach();
            }
            wake_.notify_one();
        }
    }
    void launch_ends() { launches_.fetch_sub(1); }

private:
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
            for (Worker& w : workers) {
                if (!w.in_use.load()) continue;
                const uint64_t switches = w.switches.load(std::memory_order_relaxed);
                if (w.on_fiber.load(std::memory_order_relaxed) && switches == w.seen_by_monitor) {
                    pthread_kill(w.thread, preempt_signal());
                }
                w.seen_by_monitor = switches;
            }
        }
    }

    std::atomic<int> launches_{0};
    std::atomic<bool> asleep_{true};
    std::mutex mutex_;
    std::condition_variable wake_;
    pid_t owner_ = 0;
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
            w.thread = pthread_self();
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
    w.switches.store(w.switches.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    tw_current = &p.ctx;
    w.on_fiber.store(true, std::memory_order_relaxed);
}

void WorkerScope::left_fiber() {
    this_worker->on_fiber.store(false, std::memory_order_relaxed);
    tw_current = nullptr;
}

void find_text(Processor& p) {
    struct Range {
        const std::byte *begin, *end;
    };
    static std::unordered_map<jit::KernelImage::Entry, Range> known;  // launches take turns (runtime/launch.cpp)
    auto [it, fresh] = known.try_emplace(p.image->entry);
    if (fresh) {
        struct Query {
            uintptr_t pc;
            Range range;
        } query{reinterpret_cast<uintptr_t>(p.image->entry), {nullptr, nullptr}};
        dl_iterate_phdr(
            [](dl_phdr_info* info, size_t, void* data) {
                auto* q = static_cast<Query*>(data);
                for (int i = 0; i < info->dlpi_phnum; ++i) {
                    const auto& h = info->dlpi_phdr[i];
                    const uintptr_t begin = info->dlpi_addr + h.p_vaddr, end = begin + h.p_memsz;
                    if (h.p_type == PT_LOAD && (h.p_flags & PF_X) && q->pc >= begin && q->pc < end) {
                        q->range = {reinterpret_cast<const std::byte*>(begin), reinterpret_cast<const std::byte*>(end)};
                        return 1;
                    }
                }
                return 0;
            },
            &query);
        it->second = query.range;
    }
    p.text_begin = it->second.begin;
    p.text_end = it->second.end;
}

}  // namespace tw::runtime
