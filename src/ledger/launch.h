// The ledger of one launch: whose bytes are these, and what did the launch do with them (docs/design/ledger.md).
//
// Filled before the first fiber runs. While the launch runs, the tables are read only; what is noted of accesses are single
// words and bytes that several workers may write, all of them by relaxed stores: the first one or any of them will do.
#pragma once

#include "ledger/allocations.h"
#include "tw/abi.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tw::ledger {

constexpr uint32_t kNone = UINT32_MAX;

// Who did something first, for the messages at the end.
struct Access {
    const tw_ctx* who = nullptr;
    const tw_site* site = nullptr;
};

// An allocation in this launch.
struct Tensor {
    // Copied from the allocation: what is needed at each access stands together.
    uint64_t begin = 0, end = 0, pages = 0;
    uint32_t stride = 0, page_size = 0, banks = 0;
    bool interleaved = false;
    bool by_accessor = false;  // an accessor with this base made an address
    bool pinned = false;       // a circular buffer lies in it: kernels reach it without the NoC
    bool had_data = false;     // before the launch
    uint8_t format = 0;        // 1 + the code of the elements' format, of tensors of the call
    uint32_t place = kNone;    // in the call's list
    Access first_read, first_write;
    Access twice;  // wrote a page whole that another core had written
    uint32_t twice_page = 0;
    // One byte a page, where the launch keeps count; else empty.
    std::vector<uint8_t> derived;  // 1: an accessor made an address of this page
    std::vector<uint8_t> writer;   // the number of the core that wrote it whole, kPartly, kSeveral, 0: nobody
    std::vector<uint8_t> reader;   // likewise: read any of it
    std::vector<Access> of_core;   // by number of a core: its first access
    std::shared_ptr<const Allocation> allocation;

    static constexpr uint8_t kPartly = 255, kSeveral = 254, kCoreNumbers = 254;
    // Of the page that begins `offset` bytes into its bank's share.
    uint64_t page_of(uint64_t offset, uint32_t bank) const {
        const uint64_t row = stride ? offset / stride : 0;
        return interleaved ? row * banks + bank : row;
    }
};

// The kernel's own store, through a pointer or by a call, into a tensor that the call does not name, a global semaphore:
// the program leaves something behind. Tensors of the call are judged by transfers alone.
inline void note_own_store(Tensor& t, const tw_ctx* who, const tw_site* site) {
    if (t.place != kNone || t.first_write.who) return;
    t.first_write.site = site;
    __atomic_store_n(&t.first_write.who, who, __ATOMIC_RELEASE);
}

enum class RegionKind : uint8_t { CircularBuffer, Semaphores, Arguments, Zeros, Reserved };

// Of a core's L1, other than tensors.
struct Region {
    uint32_t begin = 0, end = 0;
    RegionKind kind = RegionKind::Reserved;
    bool pinned = false;      // the circular buffer lies in a tensor
    uint64_t cbs = 0;         // bit per index
    uint8_t cb = TW_MAX_CBS;  // the index, if there is one only
    uint8_t format = 0;       // 1 + format of the tensor that it lies in
    uint32_t page_size = 0;   // of the one circular buffer, 0 if there are several
};

// Cores with the same circular buffers share one.
struct CoreMap {
    std::vector<Region> regions;
    // Circular buffers with memory of their own, and what follows them in it.
    uint64_t watched = 0;
    std::array<uint32_t, TW_MAX_CBS> begin_of{};
    std::array<uint8_t, TW_MAX_CBS> above{};  // the one that begins where this one ends; TW_MAX_CBS: none

    // The region that holds all of the bytes, else the one that holds the first, else null.
    const Region* find(uint64_t address, uint64_t bytes) const;
    const Region* next_after(uint64_t address) const;
};

class Launch {
public:
    // Where programs' own memory begins.
    Launch(const Allocations&, uint32_t l1_base, uint64_t dram_base);

    // The tensor at a place of the call's list, by its buffer.
    void name_tensor(uint32_t place, uint64_t buffer, uint8_t format);
    void add_pinned(uint32_t begin, uint32_t end);

    std::vector<Tensor>& tensors(Memory memory) { return tensors_[static_cast<size_t>(memory)]; }
    Tensor* find(Memory, uint64_t address);  // null: nobody
    const Allocations& allocations() const { return allocations_; }
    bool refused = false;  // an access: what was to be written is missing
    uint32_t l1_base() const { return l1_base_; }
    uint64_t dram_base() const { return dram_base_; }
    uint32_t tensors_in_call() const { return in_call_; }
    Tensor* in_call(uint32_t place);
    bool has_format(uint8_t format) const { return formats_ >> (format & 31) & 1; }  // a tensor of the call

    // The same object for the same key: cores share maps.
    const CoreMap* map_of(const void* key) const;
    const CoreMap* add_map(const void* key, CoreMap);

    // Over: what was written has data from now on.
    void note_data();

    // "io_tensors[0]" or what the memory was allocated for.
    std::string name_of(const Tensor&) const;

private:
    const Allocations& allocations_;
    std::shared_ptr<const Snapshot> snapshots_[2];
    std::vector<Tensor> tensors_[2];
    std::vector<std::pair<const void*, std::unique_ptr<const CoreMap>>> maps_;
    std::vector<std::pair<uint8_t, uint32_t>> places_;  // memory and index of each tensor of the call
    uint64_t dram_base_ = 0;
    uint32_t l1_base_ = 0, in_call_ = 0, formats_ = 0;
};

// What a processor's last addresses came from; a part of Processor.
struct Trail {
    struct Origin {
        uint64_t address = 0;  // as the accessor gave it; 0: none
        uint64_t limit = 0;    // first local address past the page; 0: there is no such page
        Tensor* tensor = nullptr;
        uint32_t page = 0;
        uint32_t base = 0;
    };
    struct Base {
        uint64_t key = ~uint64_t{0};
        Tensor* tensor = nullptr;
    };
    Origin origins[4];
    uint32_t next = 0;
    Base bases[8];
    Tensor* hit[2] = {};           // by memory: where the last address of unknown origin went
    const Region* local[2] = {};   // the last two regions of this core's L1 that were used
    const Region* near = nullptr;  // that the last transfer's local side lay in
    const Tensor* far = nullptr;   // and its other side
    bool strayed = false;          // bytes were put where nobody has allocated any
    Tensor* own = nullptr;         // in this core's L1 that was used last

    void clear() { *this = Trail{}; }
};

}  // namespace tw::ledger
