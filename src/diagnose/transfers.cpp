// Transfers that are not waited for, whose ends are not aligned alike, or whose rectangle is another than meant.
#include "core/order.h"
#include "diagnose/explain.h"
#include "noc/address.h"
#include "noc/flag_order.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

std::string tile_text(uint64_t address) {
    const NocAddress a(address);
    return fmt::format("NoC ({},{})", a.x, a.y);
}

const Rule read_not_awaited(ProblemKind::ReadNotAwaited, "missing-read-barrier", [](const Problem& p, Diagnostic& d) {
    const std::string read = p.c ? fmt::format("a read of {} bytes into L1 {:#x}", p.c, p.b) : "a read";
    d.fix = "call noc_async_read_barrier() (on the NoC that the read uses) between the read and ";
    switch (static_cast<ReadUse>(p.a)) {
        case ReadUse::Push:
            d.what = fmt::format("{} is still under way when its page of CB {} is pushed", read, p.d);
            d.why = "the consumer takes the page as soon as it is pushed, and the bytes may come later";
            d.fix += "cb_push_back";
            break;
        case ReadUse::Load:
            d.what = fmt::format("{} is still under way when what it brings is loaded", read);
            d.why = "the processor sees what was there before, or part of it";
            d.fix += "the load";
            break;
        case ReadUse::Send:
            d.what = fmt::format("{} is still under way when the bytes are sent on", read);
            d.why = "reads and writes of a NoC are not kept in order: the write may take what was there before";
            d.fix += "the write";
            break;
        case ReadUse::ReadOver:
            d.what = fmt::format("{} is still under way when another read into the same bytes begins", read);
            d.why = "reads are not kept in order: which of the two is there in the end is chance";
            d.fix += "the second read";
            break;
        case ReadUse::Store:
            d.what = fmt::format("{} is still under way when the kernel stores to the same bytes", read);
            d.why = "the bytes of the read may come behind the store, and then the stored ones are lost";
            d.fix += "the store";
            break;
        case ReadUse::KernelEnd:
            d.what = fmt::format("{} is still under way when the kernel ends", read);
            d.why = "nothing says that the bytes ever came, and they may land in memory that the next program uses";
            d.fix += "the end of the kernel";
            break;
    }
});

const Rule write_not_flushed(ProblemKind::WriteNotFlushed, "missing-write-flush", [](const Problem& p, Diagnostic& d) {
    const std::string write = fmt::format("a write of {} bytes from L1 {:#x}", p.c, p.b);
    d.why = "the NoC reads the source some time after the call: it may send what is there by then";
    d.fix =
        "call noc_async_writes_flushed() or noc_async_write_barrier() (posted writes: noc_async_posted_writes_flushed()) ";
    switch (static_cast<SourceReuse>(p.a)) {
        case SourceReuse::Pop:
            d.what = fmt::format("{} has not left when its page of CB {} is popped", write, p.d);
            d.why = "a popped page is the producer's again: it may write the next page before the NoC has read this one";
            d.fix += "before cb_pop_front";
            break;
        case SourceReuse::ReadInto:
            d.what = fmt::format("{} has not left when a read into the same bytes begins", write);
            d.fix += "before the read";
            break;
        case SourceReuse::Store:
            d.what = fmt::format("{} has not left when its source is stored to", write);
            d.fix += "before the store";
            break;
        case SourceReuse::Changed:
            d.what = fmt::format("the source of {} was changed before the write was flushed", write);
            d.fix += "before the source is written again";
            break;
    }
});

const Rule not_acknowledged(ProblemKind::NotAcknowledged, "missing-write-barrier", [](const Problem& p, Diagnostic& d) {
    d.why = "the program counts as done when its kernels are: who reads the bytes then may be there before them";
    switch (static_cast<LeftBehind>(p.a)) {
        case LeftBehind::Writes:
            d.what = "the kernel ends while its writes are under way";
            d.fix = "call noc_async_write_barrier() (on the NoC that the write uses) before the kernel ends";
            break;
        case LeftBehind::FlushedWrites:
            d.what = "the kernel ends with its writes flushed, but not acknowledged";
            d.why =
                "a flush says that they have left, not that they have arrived: who reads the bytes when the program is "
                "done may be there before them";
            d.fix = "call noc_async_write_barrier() once before the kernel ends; flushes within the loop may stay";
            break;
        case LeftBehind::PostedWrites:
            d.what = "the kernel ends while posted writes have not left";
            d.fix = "call noc_async_posted_writes_flushed() before the kernel ends: no write barrier covers posted writes";
            break;
        case LeftBehind::Atomics:
            d.code = "missing-atomic-barrier";
            d.what = "the kernel ends while its atomics (semaphore increments) are not acknowledged";
            d.why = "their answers come into the next kernel's counters, whose barriers may then wait for ever";
            d.fix = "call noc_async_atomic_barrier() before the kernel ends";
            break;
    }
});

const Rule flag_overtakes(ProblemKind::FlagOvertakesData, "flag-before-data", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("a flag follows a write of {} bytes to {} that it may overtake", p.c, tile_text(p.b));
    switch (static_cast<Overtakes>(p.a)) {
        case Overtakes::OtherNoc:
            d.why = "the write goes by one NoC and the flag by the other: nothing keeps them in order";
            d.fix = "send both by one NoC, or call noc_async_write_barrier() on the write's NoC before the flag";
            break;
        case Overtakes::OtherChannel:
            d.why = "unicasts and multicasts use different virtual channels of the NoC, which do not keep order";
            d.fix = "call noc_async_write_barrier() between the write and the flag";
            break;
        case Overtakes::OtherBuffer:
            d.why =
                "on Blackhole data and flags go by different command buffers, and the flag may leave first (Wormhole "
                "keeps the order)";
            d.fix = "call noc_async_writes_flushed() between the write and the flag";
            break;
    }
});

const Rule alignment(ProblemKind::NocAlignment, "noc-alignment", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("a {} from address {:#x} to {:#x}: they differ in alignment, modulo {} bytes ({} and {})",
                         p.a ? "read" : "write", p.b, p.c, p.d, p.b % p.d, p.c % p.d);
    d.why = fmt::format(
        "the NoC moves words of {} bytes and leaves each byte at its place in the word: silicon puts wrong data there and "
        "says nothing",
        p.d);
    d.fix = fmt::format(
        "give both ends the same address modulo {}: transfer to an aligned place and move the bytes from there, or pad the "
        "pages",
        p.d);
});

const Rule corners(ProblemKind::MulticastCorners, "multicast-corners", [](const Problem& p, Diagnostic& d) {
    const NocAddress a(p.b);
    d.what = fmt::format("a multicast on NoC {} runs from ({},{}) to ({},{}), against its direction", p.a, a.start_x,
                         a.start_y, a.x, a.y);
    d.why = "on silicon it goes round the torus and reaches all the other rows and columns instead";
    d.fix = p.a ? "on NoC 1 give the larger corner first: exchange start and end"
                : "on NoC 0 give the smaller corner first: exchange start and end";
});

const Rule packet(ProblemKind::PacketTooLong, "packet-too-long", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("a transfer of {} bytes by a call that sends one packet, which holds {} bytes", p.b, p.c);
    d.why = "such calls do not cut a transfer into packets: on silicon only part of it arrives, or the NoC hangs";
    d.fix = "use the call without _one_packet (and without a max_page_size of one packet), or transfer less at a time";
});

}  // namespace
}  // namespace tw::diagnose
