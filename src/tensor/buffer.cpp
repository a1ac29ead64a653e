#include "tensor/buffer.h"

#include "base/error.h"
#include "device/allocator.h"

#include <fmt/format.h>

#include <atomic>
#include <cstring>

namespace tw {

namespace {

std::atomic<uint64_t> next_unique_id{1};

void check_shard_cores(const Device& device, BufferType type, const CoreRangeSet& grid) {
    const bool dram = type == BufferType::DRAM || type == BufferType::TRACE;
    for (const CoreRange& range : grid.ranges()) {
        const CoreCoord far = range.end;
        if (!dram && (far.x >= device.grid().x || far.y >= device.grid().y)) {
            raise_host(
                "shard-grid",
                fmt::format("Invalid shard grid: shard core ({}, {}) has no L1 bank on this device, which has {} of them.",
                            far.x, far.y, device.num_l1_banks()),
                {.why = fmt::format("the worker grid is {}x{}", device.grid().x, device.grid().y),
                 .fix = "keep the shard grid inside device.compute_with_storage_grid_size()"});
        }
        if (dram && far.y != 0) {
            raise_host("shard-grid", fmt::format("Invalid DRAM shard grid: shard core ({}, {}) is not on row 0. DRAM banks "
                                                 "are 1D and are named (bank, 0).",
                                                 far.x, far.y));
        }
        if (dram && far.x >= device.chip().dram_banks) {
            raise_host(
                "shard-grid",
                fmt::format(
                    "Invalid DRAM shard grid: shard core ({}, {}) has no DRAM bank on this device, which has {} of them.",
                    far.x, far.y, device.chip().dram_banks));
        }
    }
}

}  // namespace

std::shared_ptr<Buffer> Buffer::create(std::shared_ptr<Device> device, BufferType type, PageLayout layout,
                                       std::string_view label) {
    if (!device) raise_host("no-device", "a buffer needs a device");
    return std::shared_ptr<Buffer>(new Buffer(std::move(device), type, std::move(layout), label));
}

Buffer::Buffer(std::shared_ptr<Device> device, BufferType type, PageLayout layout, std::string_view label)
    : device_(std::move(device)), buffer_type_(type), layout_(std::move(layout)) {
    Allocator& allocator = device_->allocator(type);
    const ChipDescription& chip = device_->chip();
    const uint64_t alignment = is_dram() ? chip.dram_alignment : chip.l1_alignment;
    const uint64_t aligned = (layout_.page_size + alignment - 1) / alignment * alignment;
    if (aligned > UINT32_MAX) raise_host("page-too-large", fmt::format("a page of {} B is too large", layout_.page_size));
    aligned_page_size_ = uint32_t(aligned);
    num_banks_ = allocator.num_banks();
    uint64_t pages_per_bank = (layout_.num_pages + num_banks_ - 1) / num_banks_;
    uint64_t total = layout_.num_pages * aligned;
    if (const Sharding* sharding = this->sharding()) {
        check_shard_cores(*device_, type, sharding->grid());
        pages_per_bank = sharding->pages_per_core();
        if (__builtin_mul_overflow(pages_per_bank, uint64_t(sharding->cores().size()), &total) ||
            __builtin_mul_overflow(total, aligned, &total))
            total = UINT64_MAX;
    }
    if (__builtin_mul_overflow(pages_per_bank, aligned, &size_per_bank_)) {
        raise_host("out-of-memory",
                   fmt::format("{} pages of {} B in one bank are more than any memory", pages_per_bank, aligned));
    }
    address_ = allocator.allocate(size_per_bank_, total, label);
    generation_ = allocator.generation();
    unique_id_ = next_unique_id.fetch_add(1, std::memory_order_relaxed);
    allocated_ = true;
    enter_in_ledger(label);
}

void Buffer::enter_in_ledger(std::string_view label) {
    ledger::Claim a{.id = unique_id_,
                    .memory = is_dram() ? ledger::Memory::Dram : ledger::Memory::L1,
                    .begin = address_,
                    .end = address_ + size_per_bank_,
                    .page_size = page_size(),
                    .stride = aligned_page_size_,
                    .pages = num_pages(),
                    .banks = num_banks_,
                    .label = std::string(label)};
    if (const Sharding* sharding = this->sharding()) {
        a.on_bank.resize(num_banks_);
        for (const CoreCoord core : sharding->cores()) a.on_bank[is_dram() ? core.x : device_->l1_bank(core)] = true;
    }
    entry_ = device_->allocations().add(std::move(a));
}

Buffer::~Buffer() {
    deallocate();
}

bool Buffer::is_allocated() const {
    return allocated_ && device_->is_open() && device_->allocator(buffer_type_).generation() == generation_;
}

void Buffer::deallocate() {
    if (is_allocated()) {
        device_->allocator(buffer_type_).free(address_);
        device_->allocations().remove(unique_id_);
    }
    allocated_ = false;
}

uint64_t Buffer::address() const {
    if (!is_allocated()) {
        raise_host("not-allocated", "Tensor is not allocated.",
                   {.why = !device_->is_open() ? "its device was closed" : "it was deallocated"});
    }
    return address_;
}

uint8_t* Buffer::bank_start(uint32_t index) const {
    if (const Sharding* sharding = this->sharding()) {
        const CoreCoord core = sharding->cores()[index];
        return (is_dram() ? device_->dram(core.x) : device_->l1(core)) + address_;
    }
    return (is_dram() ? device_->dram(index) : device_->l1(device_->l1_bank_core(index))) + address_;
}

PagePlace Buffer::locate(uint64_t page) const {
    TW_CHECK(page < layout_.num_pages);
    const uint64_t start = address();
    if (const Sharding* sharding = this->sharding()) {
        const Sharding::Place place = sharding->locate(page);
        return {sharding->cores()[place.core], start + place.page_on_core * aligned_page_size_};
    }
    const auto bank = uint32_t(page % num_banks_);
    return {is_dram() ? CoreCoord{bank, 0} : device_->l1_bank_core(bank), start + page / num_banks_ * aligned_page_size_};
}

uint8_t* Buffer::page(uint64_t page) const {
    const PagePlace place = locate(page);
    entry_->has_data.store(true, std::memory_order_relaxed);
    return (is_dram() ? device_->dram(place.core.x) : device_->l1(place.core)) + place.address;
}

void Buffer::write(std::span<const uint8_t> packed) {
    TW_CHECK(packed.size() == size());
    PageCursor to = cursor();
    for (uint64_t i = 0; i < layout_.num_pages; ++i, to.next())
        std::memcpy(to.pointer(), &packed[i * page_size()], page_size());
}

void Buffer::read(std::span<uint8_t> packed) const {
    TW_CHECK(packed.size() == size());
    PageCursor from = cursor();
    for (uint64_t i = 0; i < layout_.num_pages; ++i, from.next())
        std::memcpy(&packed[i * page_size()], from.pointer(), page_size());
}

void Buffer::fill_zero() {
    PageCursor to = cursor();
    for (uint64_t i = 0; i < layout_.num_pages; ++i, to.next()) std::memset(to.pointer(), 0, aligned_page_size_);
}

PageCursor Buffer::cursor() const {
    address();                                                // raises when there is no memory any more
    entry_->has_data.store(true, std::memory_order_relaxed);  // or is read, by a host that should know
    return PageCursor(*this);
}

PageCursor::PageCursor(const Buffer& buffer)
    : stride_(buffer.aligned_page_size()), num_pages_(buffer.num_pages()), sharding_(buffer.sharding()) {
    const size_t count = sharding_ ? sharding_->cores().size() : size_t(buffer.num_banks_);
    banks_.reserve(count);
    for (uint32_t i = 0; i < count; ++i) banks_.push_back(buffer.bank_start(i));
    pointer_ = banks_.front();
}

void PageCursor::next_in_buffer() {
    ++page_;
    if (sharding_) {
        if (page_ >= num_pages_) return;
        const Sharding::Place place = sharding_->locate(page_);
        pointer_ = banks_[place.core] + place.page_on_core * stride_;
        return;
    }
    if (++bank_ == banks_.size()) {
        bank_ = 0;
        row_offset_ += stride_;
    }
    pointer_ = banks_[bank_] + row_offset_;
}

}  // namespace tw
