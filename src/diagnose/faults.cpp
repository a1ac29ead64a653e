// Kernels that ended in the middle: faults, the stack's ends, calls of what the chip does not have.
#include "diagnose/explain.h"
#include "fiber/fiber.h"
#include "jit/host_calls.h"
#include "jit/symbolize.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <csignal>

namespace tw::diagnose {
namespace {

// The source line of a place in the kernel's code, and the last call that was noticed before it.
void locate(const Problem& p, const void* code, Diagnostic& d) {
    const std::string where = code ? jit::symbolize(code) : "";
    if (where.empty()) return;
    d.at.front() = fmt::format("{}, core ({},{}), {}", where, p.core_x, p.core_y, risc_name(p.risc));
    if (p.line) d.at.push_back(fmt::format("the last call before it: {}:{}", p.file, p.line));
}

bool is_of_a_library(std::string_view place) {
    return place.find("/c++/") != std::string_view::npos;
}

// The call at `site`, or the innermost caller that is not inside of the C++ library.
void locate_call(const Problem& p, const void* site, Diagnostic& d) {
    std::string where = jit::symbolize(site);
    for (size_t i = 0; i < p.frames.size() && is_of_a_library(where); ++i) {
        const void* caller = reinterpret_cast<const void*>(p.frames[i] - 1);
        if (std::string place = jit::symbolize(caller); !place.empty() && !is_of_a_library(place)) {
            locate(p, caller, d);
            d.at.push_back("through " + where);
            return;
        }
    }
    locate(p, site, d);
}

// What an instruction did that the processor answered with SIGSEGV or SIGBUS.
void explain_access(uint64_t address, int code, Diagnostic& d) {
#ifdef SI_KERNEL
    if (code == SI_KERNEL) {
        d.what = "the kernel used a pointer that is no address at all, or executed an instruction that is not for programs";
        d.why = "a pointer was overwritten or never set, or data that must lie at a multiple of 16 B or more does not";
        d.fix = "check the bounds of local arrays there, and alignas() of what vector instructions read";
        return;
    }
#endif
    // Pages that nobody may use answer the same as read-only ones; those that may be read belong to a loaded file.
    Dl_info loaded{};
    if (code == SEGV_ACCERR && dladdr(reinterpret_cast<const void*>(address), &loaded) != 0) {
        d.what = fmt::format("the kernel used {:#x} as a pointer, and what is there may not be used so", address);
        d.why = "it wrote to code or to constants, or executed data";
        d.fix = "check where the pointer comes from; constants of a kernel cannot be changed";
        return;
    }
    d.what = fmt::format("the kernel used {:#x} as a pointer, and no memory is there", address);
    if (address == 0) {
        d.why =
            "on silicon it is the beginning of L1, which belongs to the firmware; addresses of 0 come from arguments that "
            "were "
            "not set";
        d.fix = "L1 addresses come from get_write_ptr, get_read_ptr, get_semaphore and the addresses of tensors";
    } else if (address < (uint64_t{1} << 24)) {
        d.why = fmt::format("{:#x} looks like an L1 address that was made a pointer in a way that tilewright does not see",
                            address);
        d.fix = "make the pointer by CoreLocalMem, reinterpret_cast or a plain cast from an integer";
    } else {
        d.why = "a pointer ran past the end of L1, or was never one";
        d.fix = "check loop bounds and array sizes; tilewright run --debug keeps the kernel debuggable in gdb";
    }
}

void explain_signal(const Problem& p, Diagnostic& d) {
    const int signal = static_cast<int>(static_cast<uint32_t>(p.a)), code = static_cast<int>(p.a >> 32);
    switch (signal) {
        case SIGFPE:
            d.code = code == FPE_INTDIV ? "division-by-zero" : "arithmetic";
            d.what = code == FPE_INTDIV ? "an integer division by zero, or of the smallest number by -1"
                                        : "a floating-point exception that was unmasked";
            d.why =
                code == FPE_INTDIV ? "on silicon a division by zero gives all ones, and the kernel goes on with it" : "";
            d.fix = code == FPE_INTDIV ? "check the divisor; often a runtime or compile-time arg that was left 0" : "";
            break;
        case SIGABRT:
            d.code = "abort";
            d.what = "the kernel called abort()";
            break;
        case SIGILL:
        case SIGTRAP:
            d.code = "trap";
            d.what = "the kernel ran into a trap: unreachable code, or __builtin_trap()";
            break;
        default: explain_access(p.b, code, d);
    }
}

const Rule fault(ProblemKind::Fault, "bad-access", [](const Problem& p, Diagnostic& d) {
    explain_signal(p, d);
    locate(p, reinterpret_cast<const void*>(p.c), d);
});

const Rule runtime_fault(ProblemKind::RuntimeFault, "runtime-fault", [](const Problem& p, Diagnostic& d) {
    explain_signal(p, d);
    d.code = "runtime-fault";
    d.what = fmt::format("signal {} stopped tilewright itself, in a call from the kernel (address {:#x})",
                         static_cast<uint32_t>(p.a), p.b);
    d.why =
        "the kernel may have written to memory that is not its own; locks may be held and data half changed, so this "
        "process runs no further program";
    d.fix =
        "check the kernel's pointers and array bounds; if they are right, this is a bug in tilewright: please report it";
});

const Rule stack(ProblemKind::StackOverflow, "stack-overflow", [](const Problem& p, Diagnostic& d) {
    constexpr size_t kKilobytes = Fiber::kStackBytes / 1024;
    switch (static_cast<StackEnd>(p.b)) {
        case StackEnd::UsedUp:
            d.what = fmt::format("the kernel's stack of {} KiB is used up", kKilobytes);
            d.why =
                "it has large local arrays, or calls itself too deeply; on silicon a processor's stack is smaller still, "
                "and what is over lands in other data";
            d.fix = "keep large data in a circular buffer (L1), and loop instead of recursing";
            break;
        case StackEnd::BelowAnArray:
            d.what =
                fmt::format("an access far below the kernel's local variables, past the {} KiB of its stack", kKilobytes);
            d.why = "an index or pointer into a local array ran off its start";
            d.fix = "check the bounds of the local arrays there";
            break;
        case StackEnd::AboveTheTop:
            d.what = fmt::format("an access above the kernel's stack of {} KiB", kKilobytes);
            d.why = "an index or pointer into a local array ran off its end";
            d.fix = "check the bounds of the local arrays there";
            break;
    }
    locate(p, reinterpret_cast<const void*>(p.c), d);
});

struct Words {
    jit::HostCall kind;
    const char *code, *why, *fix;
};
constexpr const char* kNoProcess = "the chip's processors run one kernel and nothing else: there is no process to end";
constexpr Words kWords[] = {
    {jit::HostCall::Abort, "abort", "on silicon nothing would report it, and the core would hang",
     "say what is wrong with ASSERT(condition), or return from kernel_main()"},
    {jit::HostCall::Exit, "process-exit", kNoProcess, "return from kernel_main(); report a problem with ASSERT or DPRINT"},
    {jit::HostCall::Signal, "signal", kNoProcess, "report a problem with ASSERT or DPRINT, and return from kernel_main()"},
    {jit::HostCall::Process, "process", "the chip has no operating system", "move it to the host program"},
    {jit::HostCall::Thread, "thread", "the chip has no threads: a core's five processors are its only parallelism",
     "give each processor its kernel, and let them wait for each other by circular buffers or semaphores"},
    {jit::HostCall::Jump, "long-jump", "the chip's software does not have it, and here it would leave the kernel's stack",
     "return a status through the functions instead"},
    {jit::HostCall::Exception, "exception", "kernels are built without exceptions, as for the chip",
     "return a status, or stop with ASSERT"},
    {jit::HostCall::Heap, "heap", "the chip has no heap", "use a circular buffer, a region of L1, or a local array"},
    {jit::HostCall::Output, "host-call", "the chip has no files and no terminal", "print with DPRINT"},
    {jit::HostCall::Other, "host-call", "it is a function of the machine that the kernel is emulated on",
     "use the kernel API, or do it in the host program"},
};

const Rule host_call(ProblemKind::HostCall, "host-call", [](const Problem& p, Diagnostic& d) {
    const jit::HostCall kind = jit::kind_of_host_call(p.what);
    for (const Words& w : kWords) {
        if (w.kind != kind) continue;
        d.code = w.code;
        d.why = w.why;
        d.fix = w.fix;
        break;
    }
    d.what = fmt::format("the kernel calls {}, which the chip does not have", jit::readable_name(p.what));
    const auto* image = reinterpret_cast<const jit::KernelImage*>(p.a);
    const auto sites = jit::call_sites(*image, p.what, reinterpret_cast<const void*>(p.c));
    if (sites.empty()) return;
    locate_call(p, sites.front(), d);
    constexpr size_t kMostSites = 4;
    for (size_t i = 1; i < sites.size() && i < kMostSites; ++i) {
        const std::string other = jit::symbolize(sites[i]);
        if (!other.empty() && !d.at.front().starts_with(other + ",")) d.at.push_back("or the call at " + other);
    }
});

const Rule exception(ProblemKind::Exception, "exception", [](const Problem& p, Diagnostic& d) {
    d.category = Category::InternalError;
    d.what = p.what;
    d.fix = "this is a bug in tilewright, in the call at this place; please report it";
});

}  // namespace
}  // namespace tw::diagnose
