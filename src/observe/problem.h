// What went wrong on a core, as values. The core model only states the fact; src/diagnose turns it into words.
#pragma once

#include "base/severity.h"
#include "tw/abi.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tw {

enum class ProblemKind : uint8_t {
    Custom,            // text in code/what/why/fix
    MissingArg,        // a: index, b: how many there are; c: 1 for common args
    MissingNamedArg,   // name in what
    ArgReadTwice,      // a: index, b: one that nobody reads; the two variables in what and why
    CbTooManyPages,    // a: cb, b: pages asked, c: capacity; waits for or reserves more than the CB can ever hold
    CbOverrun,         // a: cb, b: pages pushed, c: pages reserved
    CbUnderrun,        // a: cb, b: pages popped, c: pages waited for, d: pages received up to now
    CbUnknown,         // a: cb
    CbSpoiled,         // a: cb, b: the one below it, c: 1 seen by its producer
    CbDataFormat,      // a: cb, b: the buffer's format, c: the tensor's; d: 1 on the way out
    CbPageTooSmall,    // a: cb, b: bytes of a page, c: bytes of a tile
    CbWrap,            // a: cb, b: pages, c: pages up to the end
    NocNoTarget,       // a: noc address, b: bytes
    NocOutOfRange,     // a: noc address, b: bytes, c: size of that memory
    L1OutOfRange,      // a: L1 address, b: bytes
    WroteInput,        // a: place in the call, b: the output's; names in what and why
    InputNotRead,      // a: place in the call; names in what and why
    PageWrittenTwice,  // a: place in the call, b: page; name in what
    PagesNotWritten,   // a: place in the call, b: how many; words in what and why
    SharesShifted,  // a: place in the call, b: first page used, c: first page left, d: 1 they are written; more in what and
                    // why
    MulticastCount,    // a: noc address, b: destinations named, c: destinations in the rectangle
    BadSemaphoreWord,  // a: address
    Ownership,      // a: ownership::Fault, b: bytes, c: address, d: 1 a write, 2 this core's side; names in what, why, fix
    NoSemaphore,    // a: id, b: x << 16 | y of the core that does not have it
    NoSuchBank,     // a: bank, b: banks; c: 1 for DRAM, 0 for L1
    Fault,          // a: signal, and its si_code << 32; b: fault address, c: place in the kernel's code
    RuntimeFault,   // the same, in the runtime's own code
    StackOverflow,  // a: fault address, b: StackEnd, c: place in the kernel's code or 0
    HostCall,       // a: the KernelImage, c: return address; symbol in what
    Exception,      // text in what
    Assert,         // text in what
    BadAddress,     // a: address, b: bytes; text in what
    Unimplemented,  // text in what
    StaleConfig,    // a: call | field << 32, b: found << 32 | wanted (src/compute/config_values.h), c: call that set it
    DstUnwritten,   // a: register, b: another (or the same), c: 1 its writer to blame, 2 the last writer, 3 the acquire,
                    // 4 the packer, 5 the operation
    DstUnpacked,    // a: register
    CbNeverRead,    // a: cb, b: pages popped
    CbPagesLeft,    // a: cb, b: pages pushed, c: pages waited for, d: pages popped
    CbPageUnread,   // a: cb, b: place in the pages of a pop, c: pages of a pop, d: how many pops
    SemaphoreLeft,  // a: id, b: value at the end, c: SemaphoreFault (core/semaphore_book.h)
    AccumulatesOnNothing,  // a: cb, b: 1 nobody has packed there, 2 it was handed on since
    PackedOver,            // a: cb
    SettingIgnored,        // a: IgnoredSetting
    DstNotReleased,        // a: commits, b: releases
    DstNotCommitted,       // a: commits, b: releases
    ReadNotAwaited,        // a: ReadUse, b: L1 address, c: bytes, d: CB of a push
    WriteNotFlushed,       // a: SourceReuse, b: L1 address, c: bytes, d: CB of a pop
    NotAcknowledged,       // a: LeftBehind
    FlagOvertakesData,     // a: Overtakes, b: NoC address of the flag, c: bytes of the data
    NocAlignment,          // a: 1 for a read, b: source, c: destination, d: alignment
    MulticastCorners,      // a: NoC, b: rectangle
    PacketTooLong,         // a: 0, b: bytes, c: bytes of a packet
    CbPackOutside,         // a: cb, b: page, c: pages reserved
    CbUnpackOutside,       // a: cb, b: page, c: pages waited for
    CbWriteOutside,        // a: cb, b: L1 address, c: bytes, d: pages reserved; a NoC read lands there
    CbReadOutside,         // a: cb, b: L1 address, c: bytes, d: pages waited for; a NoC write takes from there
    CbReservedFewer,       // a: cb, b: pages pushed, c: pages reserved; the reserve is the place, or the push where none is
    CbWaitedFewer,         // a: cb, b: pages popped, c: pages waited for; the wait is the place
    CbNeverSent,      // a: cb, b: the first page that was not, c: pages popped; d: 1 + the buffer that was sent from, or 0
    CbNeverFilled,    // a: cb, b: pages pushed, c: the buffer that was read into
    CbTwoKernels,     // a: cb, b: 1 for pushes, 0 for pops
    Hang,             // nothing happened for long; a: seconds
    RawPastBuffer,    // a: cb, b: L1 address stored at, c: bytes, d: the buffer's end; number of the CB there in what
    RawStoreOutside,  // a: cb, b: L1 address, c: bytes, d: pages reserved (bit 32 set) or waited for
    RawLoadOutside,   // likewise
    Race,       // a: first byte, b: behind the last; c: 1 it is written here, 2 there, 4 in DRAM, 8 of two cores; d: cb + 1
    Nonfinite,  // a: operation or cb, b: tile, c: element, d: the value's bits; what: "unpacked" for a cb's
};

enum class StackEnd : uint8_t { UsedUp, BelowAnArray, AboveTheTop };

// Another place that belongs to a problem: the read that no barrier followed, the push that was the last one.
struct Also {
    const char* role = "";  // static words that stand before the place: "read by", "last pushed at"
    std::string file;
    uint32_t line = 0, column = 0;  // column 0: unknown
    uint16_t core_x = 0, core_y = 0;
    uint8_t risc = 0;
};

struct Problem {
    ProblemKind kind = ProblemKind::Custom;
    Severity severity = Severity::Error;
    uint64_t a = 0, b = 0, c = 0, d = 0;
    std::string code, what, why, fix;
    // Copied when it happened: the fiber's memory may be gone when the text is made.
    std::string file;
    uint32_t line = 0, column = 0;  // column 0: unknown
    std::string kernel;
    uint16_t core_x = 0, core_y = 0;
    uint8_t risc = 0;
    std::vector<uint64_t> frames;  // return addresses in the kernel's code, innermost first, where they were looked for
    std::vector<Also> also;
    bool ended_run = false;  // its fiber could not go on
};

// Whether two problems of this kind at one place are different findings when their `a` differs. Not so where `a` is an
// address: a loop over pages would have as many findings as rounds.
constexpr bool told_apart_by_a(ProblemKind kind) {
    switch (kind) {
        case ProblemKind::NocNoTarget:
        case ProblemKind::NocOutOfRange:
        case ProblemKind::L1OutOfRange:
        case ProblemKind::MulticastCount:
        case ProblemKind::BadSemaphoreWord:
        case ProblemKind::Race:
        case ProblemKind::Nonfinite:
        case ProblemKind::BadAddress: return false;
        default: return true;
    }
}

}  // namespace tw
