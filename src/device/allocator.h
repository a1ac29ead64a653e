// Addresses in one memory, the same for all of its banks: an allocation takes an interval in every bank (lock-step,
// docs/upstream-api.md H6.4).
//
// First fit from the growing end: DRAM takes the lowest hole that fits, at its bottom; L1 the highest, at its top.
#pragma once

#include "device/device.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

struct MemoryBlock {
    uint64_t address = 0, size = 0;
    bool allocated = false;
    std::string label;  // what it is for
};

// ttnn.device.get_memory_view
struct MemoryView {
    uint32_t num_banks = 0;
    uint64_t total_bytes_per_bank = 0, total_bytes_allocated_per_bank = 0, total_bytes_free_per_bank = 0;
    uint64_t largest_contiguous_bytes_free_per_bank = 0;
    std::vector<MemoryBlock> block_table;  // by address, without gaps
};

class Allocator {
public:
    enum class Growth : uint8_t { Up, Down };
    Allocator(BufferType, uint64_t base, uint64_t size, uint32_t num_banks, uint32_t granularity, Growth);

    // `total_bytes` is only for the out-of-memory message. Zero bytes take one granule, so that addresses stay distinct.
    uint64_t allocate(uint64_t bytes_per_bank, uint64_t total_bytes, std::string_view label = "buffer");
    void free(uint64_t address);
    void clear();  // frees all
    // Counts clear(): a holder of an address learns from it that the address is no longer its own.
    uint64_t generation() const { return generation_; }

    uint64_t base() const { return base_; }
    uint64_t size() const { return size_; }
    uint32_t num_banks() const { return num_banks_; }
    uint32_t granularity() const { return granularity_; }
    std::optional<uint64_t> lowest_in_use() const;
    std::optional<MemoryBlock> block_at(uint64_t address) const;  // the allocation that covers an address
    MemoryView view() const;
    std::string text() const;  // a table of who uses what, largest first

private:
    struct Block {
        uint64_t size;
        std::string label;
    };
    std::optional<uint64_t> find_place(uint64_t size) const;
    [[noreturn]] void raise_out_of_memory(uint64_t bytes_per_bank, uint64_t total_bytes, std::string_view label) const;

    BufferType type_;
    uint64_t base_, size_;
    uint32_t num_banks_, granularity_;
    Growth growth_;
    mutable std::mutex mutex_;
    std::map<uint64_t, Block> used_;
    std::map<uint64_t, uint64_t> holes_;  // start -> end
    uint64_t generation_ = 0;
};

}  // namespace tw
