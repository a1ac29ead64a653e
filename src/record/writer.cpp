#include "record/writer.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>

namespace tw {
namespace {

// Bytes of chunks in the process. A launch that would fill the machine ends its recording instead.
constexpr size_t kMostBytes = size_t{2} << 30;
// What a processor keeps for its next launch.
constexpr size_t kKeptChunks = 2;

std::atomic<size_t> bytes_mapped{0};

Record* map_chunk() {
    if (bytes_mapped.load(std::memory_order_relaxed) >= kMostBytes) return nullptr;
    void* p = mmap(nullptr, RecordWriter::kChunkBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return nullptr;
    bytes_mapped.fetch_add(RecordWriter::kChunkBytes, std::memory_order_relaxed);
    return static_cast<Record*>(p);
}

void unmap_chunk(Record* p) {
    munmap(p, RecordWriter::kChunkBytes);
    bytes_mapped.fetch_sub(RecordWriter::kChunkBytes, std::memory_order_relaxed);
}

}  // namespace

std::string_view record_name(RecordKind kind) {
    static constexpr std::string_view kNames[] = {
#define TW_RECORD(name, group, a, b, c, d, e) #name,
#include "record/records.def"
#undef TW_RECORD
    };
    return kNames[static_cast<unsigned>(kind)];
}

std::string_view record_class_name(RecordClass c) {
    static constexpr std::string_view kNames[] = {"kernel", "cb", "noc", "arrival", "word", "compute", "raw"};
    return kNames[static_cast<unsigned>(c)];
}

RecordWriter::~RecordWriter() {
    for (Record* chunk : chunks_) unmap_chunk(chunk);
}

void RecordWriter::begin() {
    while (chunks_.size() > kKeptChunks) {
        unmap_chunk(chunks_.back());
        chunks_.pop_back();
    }
    at_ = end_ = nullptr;
    used_ = 0;
    complete_ = true;
    recent_.fill({});
    sites_.assign(1, {});
    site_indices_.clear();
}

bool RecordWriter::make_room(uint32_t core_sequence) {
    if (!complete_) return false;
    if (core_sequence < kLastSequence && used_ == chunks_.size()) {
        if (Record* fresh = map_chunk()) chunks_.push_back(fresh);
    }
    if (core_sequence >= kLastSequence || used_ == chunks_.size()) {
        complete_ = false;
        end_ = at_;
        return false;
    }
    at_ = chunks_[used_++];
    end_ = at_ + kChunkRecords;
    return true;
}

uint16_t RecordWriter::find_site(RecordSite site, Recent& recent) {
    const auto [at, is_new] = site_indices_.try_emplace(site.key(), static_cast<uint16_t>(sites_.size()));
    if (is_new) {
        if (sites_.size() > UINT16_MAX) {
            site_indices_.erase(at);
            return 0;
        }
        sites_.push_back(site);
    }
    recent = {site.key(), at->second};
    return recent.index;
}

std::span<Record> RecordWriter::chunk(size_t index) {
    const bool newest = index + 1 == used_;
    return {chunks_[index], newest ? static_cast<size_t>(at_ - chunks_[index]) : kChunkRecords};
}

std::span<const Record> RecordWriter::chunk(size_t index) const {
    const bool newest = index + 1 == used_;
    return {chunks_[index], newest ? static_cast<size_t>(at_ - chunks_[index]) : kChunkRecords};
}

size_t RecordWriter::size() const {
    return used_ == 0 ? 0 : (used_ - 1) * kChunkRecords + chunk(used_ - 1).size();
}

}  // namespace tw
