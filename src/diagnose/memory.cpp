// Addresses that lead nowhere: NoC transfers, L1 pointers, faults.
#include "diagnose/explain.h"
#include "jit/symbolize.h"
#include "noc/address.h"

#include <fmt/format.h>

#include <csignal>

namespace tw::diagnose {
namespace {

std::string noc_text(uint64_t address) {
    const NocAddress a(address);
    return fmt::format("({},{}) address {:#x}", a.x, a.y, a.local);
}

std::string rectangle_text(uint64_t address) {
    const NocAddress a(address);
    return fmt::format("({},{})-({},{})", a.start_x, a.start_y, a.x, a.y);
}

const Rule no_target(ProblemKind::NocNoTarget, "noc-no-target", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("a transfer of {} bytes names NoC {}, and nothing is there", p.b, noc_text(p.a));
    d.why = "NoC coordinates are those of device.worker_core_from_logical_core(), not logical ones";
    d.fix = "pass virtual coordinates as runtime args, or build the address by TensorAccessor / get_noc_addr(page, ...)";
});

const Rule out_of_range(ProblemKind::NocOutOfRange, "noc-out-of-range", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("a transfer of {} bytes at NoC {} runs past that memory's end ({:#x})", p.b, noc_text(p.a), p.c);
    d.why = "a wrong base address, page number or page size";
    d.fix = "compare the address with tensor.buffer_address() and the page count with buffer_num_pages()";
});

const Rule l1_range(ProblemKind::L1OutOfRange, "l1-out-of-range", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("the transfer's local side, {} bytes at L1 {:#x}, is outside this core's L1", p.b, p.a);
    d.why = "the local side of a transfer must be an L1 address such as get_write_ptr(cb)";
    d.fix = "check the argument order: noc_async_read(source NoC address, own L1 address, bytes)";
});

const Rule multicast(ProblemKind::MulticastCount, "multicast-count", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("a multicast to {} names {} destinations, but {} cores are in it", rectangle_text(p.a), p.b, p.c);
    d.why = "on silicon the sender waits for as many acknowledgements as it named: the next barrier would hang";
    d.fix = "pass the number of cores in the rectangle; without the sender itself unless it is a loopback multicast";
});

const Rule bad_word(ProblemKind::BadSemaphoreWord, "bad-word-address", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("{:#x} is not the address of a 4-byte word in L1", p.a);
    d.why = p.a % 4 ? "it is not a multiple of 4" : "it lies outside L1";
    d.fix = "semaphore addresses come from get_semaphore(id)";
});

const Rule no_bank(ProblemKind::NoSuchBank, "no-such-bank", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("{} bank {} does not exist: there are {}, from 0 on", p.c ? "DRAM" : "L1", p.a, p.b);
    d.why = "the kernel computed a bank from a page or took it from its arguments";
    d.fix = "check the page count and the TensorAccessorArgs";
});

const Rule bad_address(ProblemKind::BadAddress, "l1-out-of-range", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("{}{:#x} is not an address in this core's L1", p.what.empty() ? "" : p.what + ": ", p.a);
    d.why = "on silicon the processor would read or write something else, or hang";
    d.fix =
        "check how the address is computed; L1 addresses come from get_write_ptr, get_read_ptr, get_semaphore and runtime "
        "args";
});

const Rule fault(ProblemKind::Fault, "bad-access", [](const Problem& p, Diagnostic& d) {
    const std::string where = jit::symbolize(reinterpret_cast<const void*>(p.c));
    if (!where.empty()) d.at.front() = fmt::format("{}, core ({},{}), {}", where, p.core_x, p.core_y, risc_name(p.risc));
    if (p.line) d.at.push_back(fmt::format("the last call before it: {}:{}", p.file, p.line));
    switch (static_cast<int>(p.a)) {
        case SIGFPE:
            d.code = "division-by-zero";
            d.what = "an integer division by zero";
            d.why = "on silicon the result is all ones and the kernel goes on with it";
            d.fix = "check the divisor; often a runtime or compile-time arg that was left 0";
            break;
        case SIGABRT:
            d.code = "abort";
            d.what = "the kernel called abort()";
            break;
        case SIGILL:
            d.code = "trap";
            d.what = "the kernel ran into a trap: unreachable code, or __builtin_trap()";
            break;
        default:
            d.what = fmt::format("the kernel used {:#x} as a pointer, and no memory is there", p.b);
            if (p.b < (uint64_t{1} << 24)) {
                d.why = fmt::format(
                    "{:#x} looks like an L1 address that was made a pointer in a way that tilewright does not see", p.b);
                d.fix = "make the pointer by CoreLocalMem, reinterpret_cast or a plain cast from an integer";
            } else {
                d.why = "a pointer ran past the end of L1, or the kernel's stack is used up (256 KiB)";
                d.fix = "check loop bounds and array sizes; tilewright run --debug keeps the kernel debuggable in gdb";
            }
    }
});

}  // namespace
}  // namespace tw::diagnose
