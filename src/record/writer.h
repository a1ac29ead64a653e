// Where one processor's records go: chunks of its own, which only the worker that runs its core touches. No lock, no
// atomic; a fresh chunk once in 2,047 records.
#pragma once

#include "record/record.h"
#include "tw/abi.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace tw {

// A place that records name: a call (its tw_site), or an instruction of the kernel's code.
struct RecordSite {
    const tw_site* call = nullptr;
    const void* code = nullptr;
    const void* key() const { return call ? static_cast<const void*>(call) : code; }
};

class RecordWriter {
public:
    static constexpr size_t kChunkBytes = 64 << 10;
    static constexpr size_t kChunkRecords = kChunkBytes / sizeof(Record);

    RecordWriter() = default;
    ~RecordWriter();
    RecordWriter(const RecordWriter&) = delete;
    RecordWriter& operator=(const RecordWriter&) = delete;

    void begin();  // of a launch: forgets what is there; chunks are kept for it

    // The record's sequence; 0 where nothing more can be kept (complete() is false from then on).
    uint32_t append(Record record, RecordSite site, uint32_t& core_sequence) {
        if (__builtin_expect(at_ == end_ || core_sequence >= kLastSequence, 0) && !make_room(core_sequence)) return 0;
        record.site = index_of(site);
        record.sequence = ++core_sequence;
        *at_++ = record;
        return record.sequence;
    }

    // The newest record, for whoever counts repetitions into it; null: there is none.
    Record* last() { return used_ == 0 ? nullptr : at_ - 1; }

    // The newest ones, the last of them at the end; fewer where a chunk begins.
    std::span<Record> newest(size_t most) {
        if (used_ == 0) return {};
        const size_t there = static_cast<size_t>(at_ - chunks_[used_ - 1]);
        const size_t count = there < most ? there : most;
        return {at_ - count, count};
    }

    // The record's place is that of the site.
    bool is_at(const Record& record, const void* site) const { return sites_[record.site].key() == site; }

    size_t size() const;
    std::span<const Record> chunk(size_t index) const;
    std::span<Record> chunk(size_t index);
    size_t chunks() const { return used_; }
    std::span<const RecordSite> sites() const { return sites_; }
    bool complete() const { return complete_; }

    template <class F>
    void each(F f) const {
        for (size_t i = 0; i < used_; ++i) {
            for (const Record& r : chunk(i)) f(r);
        }
    }

private:
    static constexpr uint32_t kLastSequence = 0xffff0000;
    static constexpr size_t kRecent = 64;

    bool make_room(uint32_t core_sequence);
    uint16_t index_of(RecordSite site) {
        const void* key = site.key();
        if (!key) return 0;
        Recent& r = recent_[(reinterpret_cast<uintptr_t>(key) >> 3) % kRecent];
        if (__builtin_expect(r.key == key, 1)) return r.index;
        return find_site(site, r);
    }
    struct Recent {
        const void* key = nullptr;
        uint16_t index = 0;
    };
    uint16_t find_site(RecordSite, Recent&);

    Record *at_ = nullptr, *end_ = nullptr;
    std::vector<Record*> chunks_;
    size_t used_ = 0;  // of them, in this launch
    bool complete_ = true;
    std::array<Recent, kRecent> recent_{};
    std::vector<RecordSite> sites_{RecordSite{}};
    std::unordered_map<const void*, uint16_t> site_indices_;
};

}  // namespace tw
