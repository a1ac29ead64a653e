// What a processor did, as a run leaves it behind: one form for the checks that need history, the simulator of time and
// traces (docs/design/events-and-recording.md). A record holds no pointer, so that two runs of one program in the
// deterministic schedule give the same bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace tw {

enum class RecordClass : uint8_t { Kernel, Cb, Noc, Arrival, Word, Compute, Raw, Count };

enum class RecordKind : uint8_t {
#define TW_RECORD(name, group, a, b, c, d, e) name,
#include "record/records.def"
#undef TW_RECORD
    Count
};
constexpr uint32_t kRecordKinds = static_cast<uint32_t>(RecordKind::Count);

constexpr uint32_t record_bit(RecordClass c) {
    return 1u << static_cast<unsigned>(c);
}
constexpr uint32_t kAllRecords = record_bit(RecordClass::Count) - 1;

namespace detail {
inline constexpr uint32_t kRecordBits[] = {
#define TW_RECORD(name, group, a, b, c, d, e) record_bit(RecordClass::group),
#include "record/records.def"
#undef TW_RECORD
};
}  // namespace detail
constexpr uint32_t record_bit(RecordKind kind) {
    return detail::kRecordBits[static_cast<unsigned>(kind)];
}

// Bits of Record::flags: the low ones are those of tw_noc_flag for transfers.
enum RecordFlag : uint8_t {
    kRecordVolatile = 0x40,  // RawRead, RawWrite
    kRecordSame = 0x80,      // a write that found its own bytes there already
};

struct alignas(32) Record {
    RecordKind kind = RecordKind::KernelStart;
    uint8_t flags = 0;
    uint16_t site = 0;      // index into the processor's sites; 0: none
    uint32_t sequence = 0;  // of the core: the order of the records of its five processors; never 0
    uint64_t a = 0;
    uint32_t b = 0, c = 0, d = 0, e = 0;
    bool operator==(const Record&) const = default;
};
static_assert(sizeof(Record) == 32);

std::string_view record_name(RecordKind);
std::string_view record_class_name(RecordClass);

}  // namespace tw
