#include "device/allocator.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw {

namespace {

std::string_view memory_name(BufferType type) {
    switch (type) {
        case BufferType::DRAM: return "DRAM";
        case BufferType::L1: return "L1";
        case BufferType::L1_SMALL: return "L1_SMALL";
        case BufferType::TRACE: return "TRACE";
    }
    return "?";
}

}  // namespace

Allocator::Allocator(BufferType type, uint64_t base, uint64_t size, uint32_t num_banks, uint32_t granularity, Growth growth)
    : type_(type), base_(base), size_(size), num_banks_(num_banks), granularity_(granularity), growth_(growth) {
    if (size_ > 0) holes_[base_] = base_ + size_;
}

std::optional<uint64_t> Allocator::find_place(uint64_t size) const {
    if (growth_ == Growth::Up) {
        for (const auto& [start, end] : holes_) {
            if (end - start >= size) return start;
        }
    } else {
        for (auto hole = holes_.rbegin(); hole != holes_.rend(); ++hole) {
            if (hole->second - hole->first >= size) return hole->second - size;
        }
    }
    return std::nullopt;
}

uint64_t Allocator::allocate(uint64_t bytes_per_bank, uint64_t total_bytes, std::string_view label) {
    const std::lock_guard lock(mutex_);
    const uint64_t size = bytes_per_bank > size_
                              ? bytes_per_bank
                              : (std::max<uint64_t>(bytes_per_bank, 1) + granularity_ - 1) / granularity_ * granularity_;
    const auto place = find_place(size);
    if (!place) raise_out_of_memory(size, total_bytes, label);
    const auto hole = std::prev(holes_.upper_bound(*place));
    const auto [start, end] = *hole;
    holes_.erase(hole);
    if (start < *place) holes_[start] = *place;
    if (*place + size < end) holes_[*place + size] = end;
    used_[*place] = Block{size, std::string(label)};
    return *place;
}

void Allocator::free(uint64_t address) {
    const std::lock_guard lock(mutex_);
    const auto block = used_.find(address);
    TW_CHECK(block != used_.end());
    uint64_t start = address, end = address + block->second.size;
    used_.erase(block);
    auto next = holes_.lower_bound(start);
    if (next != holes_.begin()) {
        if (const auto before = std::prev(next); before->second == start) {
            start = before->first;
            holes_.erase(before);
        }
    }
    if (next != holes_.end() && next->first == end) {
        end = next->second;
        holes_.erase(next);
    }
    holes_[start] = end;
}

void Allocator::clear() {
    const std::lock_guard lock(mutex_);
    used_.clear();
    holes_.clear();
    if (size_ > 0) holes_[base_] = base_ + size_;
    ++generation_;
}

std::optional<uint64_t> Allocator::lowest_in_use() const {
    const std::lock_guard lock(mutex_);
    if (used_.empty()) return std::nullopt;
    return used_.begin()->first;
}

std::optional<MemoryBlock> Allocator::block_at(uint64_t address) const {
    const std::lock_guard lock(mutex_);
    auto block = used_.upper_bound(address);
    if (block == used_.begin()) return std::nullopt;
    --block;
    if (address >= block->first + block->second.size) return std::nullopt;
    return MemoryBlock{block->first, block->second.size, true, block->second.label};
}

MemoryView Allocator::view() const {
    const std::lock_guard lock(mutex_);
    MemoryView view{.num_banks = num_banks_, .total_bytes_per_bank = size_};
    for (const auto& [address, block] : used_) {
        view.total_bytes_allocated_per_bank += block.size;
        view.block_table.push_back({address, block.size, true, block.label});
    }
    for (const auto& [start, end] : holes_) {
        view.total_bytes_free_per_bank += end - start;
        view.largest_contiguous_bytes_free_per_bank = std::max(view.largest_contiguous_bytes_free_per_bank, end - start);
        view.block_table.push_back({start, end - start, false, {}});
    }
    std::sort(view.block_table.begin(), view.block_table.end(),
              [](const MemoryBlock& a, const MemoryBlock& b) { return a.address < b.address; });
    return view;
}

namespace {

std::string usage_table(std::vector<std::pair<uint64_t, std::string>> by_size, size_t rows) {
    std::sort(by_size.begin(), by_size.end(),
              [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    std::string out;
    for (size_t i = 0; i < by_size.size() && i < rows; ++i) {
        out += fmt::format("{}{} B per bank: {}", out.empty() ? "" : "\n", by_size[i].first, by_size[i].second);
    }
    if (by_size.size() > rows) out += fmt::format("\nand {} more", by_size.size() - rows);
    return out;
}

}  // namespace

std::string Allocator::text() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<uint64_t, std::string>> blocks;
    for (const auto& [address, block] : used_)
        blocks.emplace_back(block.size, fmt::format("{} at {}", block.label, address));
    return usage_table(std::move(blocks), SIZE_MAX);
}

void Allocator::raise_out_of_memory(uint64_t bytes_per_bank, uint64_t total_bytes, std::string_view label) const {
    uint64_t allocated = 0, largest = 0;
    std::vector<std::pair<uint64_t, std::string>> blocks;
    for (const auto& [address, block] : used_) {
        allocated += block.size;
        blocks.emplace_back(block.size, fmt::format("{} at {}", block.label, address));
    }
    for (const auto& [start, end] : holes_) largest = std::max(largest, end - start);
    const uint64_t free = size_ - allocated;
    std::string fix;
    if (type_ == BufferType::L1_SMALL && size_ == 0) {
        fix = "open the device with l1_small_size";
    } else if (bytes_per_bank > size_) {
        fix = type_ == BufferType::DRAM ? "use smaller tensors" : "use DRAM, or more cores with smaller shards";
    } else if (free >= bytes_per_bank) {
        fix = "the free memory is in pieces: deallocate in reverse order of allocation, or allocate the large tensor first";
    } else {
        fix = "deallocate tensors that are no longer needed";
    }
    raise_host(
        "out-of-memory",
        fmt::format("Out of Memory: Not enough space to allocate {} B {} buffer across {} banks, where each bank needs to "
                    "store {} B, but bank size is {} B (allocated: {} B, free: {} B, largest free block: {} B)",
                    total_bytes, memory_name(type_), num_banks_, bytes_per_bank, size_, allocated, free, largest),
        {.at = {fmt::format("allocation of {}", label)},
         .why = blocks.empty() ? "nothing else is allocated there" : usage_table(std::move(blocks), 8),
         .fix = fix});
}

}  // namespace tw
