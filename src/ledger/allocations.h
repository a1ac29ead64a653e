// Who has which bytes of a device: the memory of each live buffer, and of the last ones that were freed.
//
// Messages about an access that went wrong have to name what lies where it went, so the list knows more than the allocators
// do: pages, banks, and what the memory is for. Buffers write themselves in and out; a launch takes a snapshot.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tw::ledger {

enum class Memory : uint8_t { Dram, L1 };

// What a buffer tells of its memory.
struct Claim {
    uint64_t id = 0;  // of the buffer
    Memory memory = Memory::Dram;
    uint64_t begin = 0, end = 0;         // the same in every bank
    uint32_t page_size = 0, stride = 0;  // bytes; from page to page of a bank
    uint64_t pages = 0;                  // of all banks
    uint32_t banks = 0;                  // interleaved: page p lies in bank p % banks
    std::vector<bool> on_bank;           // sharded: the banks that have a shard; else empty
    std::string label;                   // "bf16 tensor [64, 64] TILE INTERLEAVED"

    bool is_interleaved() const { return on_bank.empty(); }
    bool is_on(uint32_t bank) const { return on_bank.empty() ? bank < banks : bank < on_bank.size() && on_bank[bank]; }
};

struct Allocation : Claim {
    explicit Allocation(Claim claim) : Claim(std::move(claim)) {}
    // Somebody may have written there: the host, or a program of before.
    mutable std::atomic<bool> has_data = false;
};

using Snapshot = std::vector<std::shared_ptr<const Allocation>>;  // of one memory, by address

class Allocations {
public:
    std::shared_ptr<const Allocation> add(Claim);
    void remove(uint64_t id);
    void clear();  // all of them are freed

    // Shared between launches until something is allocated or freed.
    std::shared_ptr<const Snapshot> snapshot(Memory) const;
    // What was freed last at an address; null if nothing is known.
    std::shared_ptr<const Allocation> freed_at(Memory, uint64_t address) const;

private:
    static constexpr size_t kMostFreed = 256;

    void free_locked(size_t index);

    mutable std::mutex mutex_;
    Snapshot live_;
    std::deque<std::shared_ptr<const Allocation>> freed_;  // the last one in front
    mutable std::shared_ptr<const Snapshot> snapshots_[2];
};

}  // namespace tw::ledger
