// Addresses that lead nowhere: NoC transfers, L1 pointers.
#include "diagnose/explain.h"
#include "noc/address.h"

#include <fmt/format.h>

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

const Rule no_semaphore(ProblemKind::NoSemaphore, "no-such-semaphore", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("semaphore {} is used on core ({},{}), where the program has no semaphore of this id", p.a,
                         p.b >> 16, p.b & 0xffff);
    d.why = "on silicon the word holds whatever an earlier program left there";
    d.fix = fmt::format("give the program a SemaphoreDescriptor with id={} whose core_ranges include the core", p.a);
});

const Rule bad_address(ProblemKind::BadAddress, "l1-out-of-range", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("{}{:#x} is not an address in this core's L1", p.what.empty() ? "" : p.what + ": ", p.a);
    d.why = "on silicon the processor would read or write something else, or hang";
    d.fix =
        "check how the address is computed; L1 addresses come from get_write_ptr, get_read_ptr, get_semaphore and runtime "
        "args";
});

}  // namespace
}  // namespace tw::diagnose
