// Memory of a device: one address, the same in every bank, and the rule that says which page lies in which bank.
//
// A Buffer is held by shared_ptr. Its memory goes back to the allocator when the last holder lets go, when it is
// deallocated by name, or when the device closes; after the last two it still answers what it was, but has no address.
#pragma once

#include "device/device.h"
#include "ledger/allocations.h"
#include "tensor/page_layout.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace tw {

struct PagePlace {
    CoreCoord core;        // L1: the logical worker core; DRAM: (bank, 0)
    uint64_t address = 0;  // in that core's L1 or that bank
};

// Steps over the pages of a buffer, or of packed host memory, in page order, and gives host pointers to them.
class PageCursor;

class Buffer {
public:
    // Raises HostError[out-of-memory], and upstream's messages for shard cores that the device does not have. `label` says
    // in such messages what the memory is for.
    static std::shared_ptr<Buffer> create(std::shared_ptr<Device>, BufferType, PageLayout,
                                          std::string_view label = "buffer");
    ~Buffer();
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    Device& device() const { return *device_; }
    const std::shared_ptr<Device>& device_ptr() const { return device_; }
    bool is_allocated() const;
    void deallocate();         // twice is fine
    uint64_t address() const;  // raises "Tensor is not allocated."
    uint64_t unique_id() const { return unique_id_; }

    BufferType buffer_type() const { return buffer_type_; }
    bool is_dram() const { return buffer_type_ == BufferType::DRAM || buffer_type_ == BufferType::TRACE; }
    bool is_l1() const { return !is_dram(); }
    const PageLayout& layout() const { return layout_; }
    const Sharding* sharding() const { return layout_.sharding ? &*layout_.sharding : nullptr; }  // null: interleaved
    uint32_t page_size() const { return layout_.page_size; }
    uint32_t aligned_page_size() const { return aligned_page_size_; }
    uint64_t num_pages() const { return layout_.num_pages; }
    uint64_t size() const { return layout_.num_pages * layout_.page_size; }
    // Reserved in each bank (on each core of the shard grid): what a pinned circular buffer may use.
    uint64_t aligned_size_per_bank() const { return size_per_bank_; }

    PagePlace locate(uint64_t page) const;
    uint8_t* page(uint64_t page) const;  // host pointer; valid while allocated

    // Whole contents, pages packed without gaps: size() bytes. Raises "Tensor is not allocated." after deallocation.
    void write(std::span<const uint8_t> packed);
    void read(std::span<uint8_t> packed) const;
    void fill_zero();
    PageCursor cursor() const;

private:
    Buffer(std::shared_ptr<Device>, BufferType, PageLayout, std::string_view label);
    void enter_in_ledger(std::string_view label);
    uint8_t* bank_start(uint32_t index) const;  // of a bank, or of a core of the shard grid
    friend class PageCursor;

    std::shared_ptr<Device> device_;
    BufferType buffer_type_;
    PageLayout layout_;
    uint32_t aligned_page_size_ = 0, num_banks_ = 0;
    uint64_t size_per_bank_ = 0, address_ = 0, unique_id_ = 0, generation_ = 0;
    bool allocated_ = false;
    std::shared_ptr<const ledger::Allocation> entry_;
};

class PageCursor {
public:
    // Packed pages in host memory.
    PageCursor(uint8_t* packed, uint32_t page_size) : pointer_(packed), stride_(page_size) {}
    explicit PageCursor(const Buffer&);

    uint8_t* pointer() const { return pointer_; }
    void next() {
        if (banks_.empty()) {
            pointer_ += stride_;
        } else {
            next_in_buffer();
        }
    }
    bool is_packed() const { return banks_.empty(); }

private:
    void next_in_buffer();

    uint8_t* pointer_ = nullptr;
    uint32_t stride_ = 0;
    std::vector<uint8_t*> banks_;  // where the buffer begins in each bank, or on each core of the shard grid
    uint64_t row_offset_ = 0, page_ = 0, num_pages_ = 0;
    size_t bank_ = 0;
    const Sharding* sharding_ = nullptr;
};

}  // namespace tw
