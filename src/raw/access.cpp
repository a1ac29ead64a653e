#include "raw/access.h"

#include "raw/checks.h"

#include <cstring>

namespace tw::raw {
namespace {

// A loop over arrays loads and stores in turns: so many of a processor's newest records may grow.
constexpr size_t kStreams = 4;

void note_poll(RawState& raw, const Access& a) {
    if (a.write) {
        raw.polls = 0;
        return;
    }
    if (raw.poll_code == a.code && raw.poll_address == a.address) {
        ++raw.polls;
        return;
    }
    raw.poll_code = a.code;
    raw.poll_address = a.address;
    raw.poll_bytes = a.bytes;
    raw.polls = 1;
}

// The store that was told of last has happened by now.
void finish_store(Processor& p) {
    RawState& raw = p.raw;
    if (!raw.store) return;
    if (std::memcmp(p.ctx.l1 + raw.store_address, raw.before.data(), raw.store_bytes) != 0)
        raw.store->flags &= static_cast<uint8_t>(~kRecordSame);
    raw.store = nullptr;
}

bool is_raw(const Record& r) {
    return r.kind == RecordKind::RawRead || r.kind == RecordKind::RawWrite;
}

// Whether the record is of a place close by: compilers unroll loops, so that a loop's next element is another copy's.
bool is_near(const Processor& p, const Record& r, const void* code) {
    constexpr ptrdiff_t kNear = 512;  // bytes of code
    const void* there = p.records.sites()[r.site].code;
    const ptrdiff_t distance = static_cast<const char*>(code) - static_cast<const char*>(there);
    return there && distance < kNear && distance > -kNear;
}

// Neighbours of one loop, and repetitions of one access, are one record. Between them stands nothing but raw accesses of
// the same processor, so no order is lost.
Record* grown(Processor& p, RecordKind kind, const Access& a, bool in_loop) {
    uint32_t next = p.core->record_sequence;
    const std::span<Record> newest = p.records.newest(kStreams);
    for (size_t i = newest.size(); i-- > 0;) {
        Record& r = newest[i];
        if (!is_raw(r)) return nullptr;
        const bool same_size = r.kind == kind && r.e == a.bytes;
        const bool alike = same_size && p.records.is_at(r, a.code);
        if (alike && a.address == r.b && r.c == a.bytes &&
            i + 1 == newest.size()) {  // again, whatever others did meanwhile
            r.sequence = ++p.core->record_sequence;
            return &r;
        }
        if (r.sequence != next) return nullptr;
        --next;
        if (a.address == r.b + r.c && (alike || (same_size && in_loop && is_near(p, r, a.code)))) {
            r.c += a.bytes;
            return &r;
        }
        if (alike && a.address >= r.b && uint64_t{a.address} + a.bytes <= uint64_t{r.b} + r.c) return &r;
    }
    return nullptr;
}

void record(tw_ctx* self, Processor& p, const Access& a, bool in_loop) {
    const RecordKind kind = a.write ? RecordKind::RawWrite : RecordKind::RawRead;
    const uint32_t seen = a.write ? 0 : arrivals_seen(self);
    const bool small = a.bytes <= sizeof p.raw.before;
    Record* r = small ? grown(p, kind, a, in_loop) : nullptr;
    if (r) {
        ++r->a;
        r->d = seen;
    } else {
        uint8_t flags = a.is_volatile ? kRecordVolatile : 0;
        if (a.write && small) flags |= kRecordSame;  // until it is seen to change something
        if (p.records.append({.kind = kind, .flags = flags, .a = 1, .b = a.address, .c = a.bytes, .d = seen, .e = a.bytes},
                             {.code = a.code}, p.core->record_sequence) == 0)
            return;
        r = p.records.last();
    }
    if (!a.write || !small) return;
    p.raw.store = r;
    p.raw.store_address = a.address;
    p.raw.store_bytes = a.bytes;
    std::memcpy(p.raw.before.data(), self->l1 + a.address, a.bytes);
}

}  // namespace

void on_access(tw_ctx* self, const Access& a) {
    // The API reads arguments from L1 for the kernel; nobody else writes them while it runs.
    if (!a.write && (a.address - self->rt_args_l1 < self->rt_arg_count * 4 ||
                     a.address - self->common_args_l1 < self->common_arg_count * 4))
        return;
    Processor& p = processor_of(self);
    ++p.raw.accesses;
    note_poll(p.raw, a);
    const uint32_t semaphore = (a.address - self->semaphore_base) / kSemaphoreStride;
    if (semaphore < kMostSemaphores && a.address >= self->semaphore_base)
        self->core->semaphore_books[semaphore].looked = true;
    const bool in_loop = check(self, a);
    if (is_recorded(self, RecordKind::RawRead)) {
        finish_store(p);
        record(self, p, a, in_loop);
    }
}

void finish(Processor& p) {
    finish_store(p);
}

}  // namespace tw::raw
