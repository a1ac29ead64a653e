#include "device/device.h"

#include "base/error.h"
#include "base/rounding.h"
#include "base/settings.h"
#include "device/allocator.h"

#include <fmt/format.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tw {

// One reservation holds all memories, each followed by at least one page that stays inaccessible. A reservation with
// MAP_NORESERVE counts neither as resident nor as committed; the kernel gives zeroed pages on first touch.
struct Device::Memory {
    uint8_t* base = nullptr;
    uint64_t length = 0;
    uint64_t l1_stride = 0, dram_stride = 0, dram_offset = 0;

    explicit Memory(const ChipDescription& chip) {
        const auto page = uint64_t(sysconf(_SC_PAGESIZE));
        const uint64_t cores = uint64_t{chip.grid_x} * chip.grid_y;
        const uint64_t l1_bytes = round_up(chip.l1_size, page),
                       dram_bytes = round_up(chip.dram_base + chip.dram_bank_size, page);
        // Memories that do not end on a page boundary stand at the end of their pages' room, right below the guard.
        l1_stride = l1_bytes + page;
        dram_stride = dram_bytes + page;
        const uint64_t l1_begin = page + (l1_bytes - chip.l1_size);
        const uint64_t dram_begin = page + cores * l1_stride;
        dram_offset = dram_begin + (dram_bytes - (chip.dram_base + chip.dram_bank_size));
        length = dram_begin + chip.dram_banks * dram_stride;

        void* region = mmap(nullptr, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (region == MAP_FAILED) raise_no_memory(chip, errno);
        base = static_cast<uint8_t*>(region);
        for (uint64_t core = 0; core < cores; ++core) open_room(chip, base + page + core * l1_stride, l1_bytes);
        for (uint64_t bank = 0; bank < chip.dram_banks; ++bank)
            open_room(chip, base + dram_begin + bank * dram_stride, dram_bytes);
        l1_ = base + l1_begin;
    }
    ~Memory() { munmap(base, length); }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    uint8_t* l1(uint64_t core) const { return l1_ + core * l1_stride; }
    uint8_t* dram(uint64_t bank) const { return base + dram_offset + bank * dram_stride; }

private:
    void open_room(const ChipDescription& chip, uint8_t* at, uint64_t bytes) {
        if (mprotect(at, bytes, PROT_READ | PROT_WRITE) == 0) return;
        const int error = errno;
        munmap(base, length);
        raise_no_memory(chip, error);
    }

    [[noreturn]] void raise_no_memory(const ChipDescription& chip, int error) const {
        raise(Category::Environment, "no-address-space",
              fmt::format("cannot reserve {} MiB of address space for the memories of {}", length >> 20, chip.name),
              {.why = fmt::format("the system said: {}; the memory is only reserved, pages are used when touched",
                                  std::strerror(error)),
               .fix = "raise the limit of virtual memory (ulimit -v), or set vm.overcommit_memory to 0 or 1"});
    }

    uint8_t* l1_ = nullptr;
};

Device::Device(const ChipDescription& chip, const DeviceOptions& options) : chip_(chip), options_(options) {
    grid_ =
        options.slow_dispatch ? CoreCoord{chip.grid_x, chip.grid_y} : CoreCoord{chip.fast_dispatch_x, chip.fast_dispatch_y};
    const uint64_t most = chip.l1_size - chip.l1_base;
    if (options.worker_l1_size > most)
        raise_host("worker-l1-size", fmt::format("worker_l1_size {} B is larger than the allocatable L1 of {} B",
                                                 options.worker_l1_size, most));
    l1_base_ = chip.l1_base;
    if (options.worker_l1_size > 0)
        l1_base_ = uint32_t(round_up(chip.l1_size - options.worker_l1_size, chip.allocation_alignment));
    const uint64_t small = round_up(options.l1_small_size, chip.allocation_alignment);
    const uint64_t trace = round_up(options.trace_region_size, chip.allocation_alignment);
    if (small > chip.l1_size - l1_base_) {
        raise_host("l1-small-size", fmt::format("l1_small_size {} B is larger than the allocatable L1 of {} B",
                                                options.l1_small_size, chip.l1_size - l1_base_));
    }
    if (trace > chip.dram_bank_size) {
        raise_host("trace-region-size", fmt::format("trace_region_size {} B is larger than a DRAM bank of {} B",
                                                    options.trace_region_size, chip.dram_bank_size));
    }
    memory_ = std::make_unique<Memory>(chip);
    using Growth = Allocator::Growth;
    const uint32_t granule = chip.allocation_alignment;
    const uint64_t dram_size = chip.dram_bank_size - trace, l1_top = chip.l1_size - small;
    dram_allocator_ =
        std::make_unique<Allocator>(BufferType::DRAM, chip.dram_base, dram_size, chip.dram_banks, granule, Growth::Up);
    trace_allocator_ = std::make_unique<Allocator>(BufferType::TRACE, chip.dram_base + dram_size, trace, chip.dram_banks,
                                                   granule, Growth::Up);
    l1_allocator_ =
        std::make_unique<Allocator>(BufferType::L1, l1_base_, l1_top - l1_base_, num_l1_banks(), granule, Growth::Down);
    l1_small_allocator_ =
        std::make_unique<Allocator>(BufferType::L1_SMALL, l1_top, small, num_l1_banks(), granule, Growth::Down);
}

std::shared_ptr<Device> Device::open(const ChipDescription& chip, const DeviceOptions& options) {
    check_settings();
    return std::shared_ptr<Device>(new Device(chip, options));
}

Device::~Device() = default;

void Device::close() {
    if (!open_) return;
    deallocate_buffers();
    open_ = false;
    memory_.reset();
}

void Device::deallocate_buffers() {
    for (Allocator* allocator :
         {dram_allocator_.get(), l1_allocator_.get(), l1_small_allocator_.get(), trace_allocator_.get()}) {
        allocator->clear();
    }
    allocations_.clear();
}

thread_local int DeviceWork::depth = 0;

bool Device::refuses_host() const {
    return capturing_.load(std::memory_order_relaxed) && !DeviceWork::is_going_on();
}

void Device::check_host_may_read() const {
    if (refuses_host())
        raise_host("trace", "Reads are not supported during trace capture.",
                   {.why = "a trace replays programs; what the host does in between is not in it",
                    .fix = "read after execute_trace, or before begin_trace_capture"});
}

void Device::check_host_may_write() const {
    if (refuses_host())
        raise_host("trace", "Writes are not supported during trace capture.",
                   {.why = "a trace replays programs; what the host does in between is not in it",
                    .fix = "write the tensor before begin_trace_capture, and copy new inputs into it between replays"});
}

NocCoord Device::worker_noc(CoreCoord logical) const {
    if (logical.x >= chip_.grid_x || logical.y >= chip_.grid_y) {
        raise_host("core-outside-grid",
                   fmt::format("No core coordinate found at location: ({}, {}, TENSIX, LOGICAL)", logical.x, logical.y),
                   {.why = fmt::format("{} has {}x{} workers", chip_.name, chip_.grid_x, chip_.grid_y)});
    }
    return {chip_.worker_noc_x[logical.x], chip_.worker_noc_y[logical.y]};
}

CoreCoord Device::logical_from_noc(NocCoord at) const {
    for (uint32_t x = 0; x < chip_.grid_x; ++x) {
        if (chip_.worker_noc_x[x] != at.x) continue;
        for (uint32_t y = 0; y < chip_.grid_y; ++y) {
            if (chip_.worker_noc_y[y] == at.y) return {x, y};
        }
    }
    raise_host("core-outside-grid",
               fmt::format("No core coordinate found at location: ({}, {}, TENSIX, TRANSLATED)", at.x, at.y),
               {.why = fmt::format("no worker of {} has this NoC coordinate", chip_.name)});
}

uint8_t* Device::l1(CoreCoord logical) const {
    TW_CHECK(memory_ && logical.x < chip_.grid_x && logical.y < chip_.grid_y);
    return memory_->l1(uint64_t{logical.y} * chip_.grid_x + logical.x);
}

uint8_t* Device::dram(uint32_t bank) const {
    TW_CHECK(memory_ && bank < chip_.dram_banks);
    return memory_->dram(bank);
}

Allocator& Device::allocator(BufferType type) const {
    if (!open_)
        raise_host("device-closed", "the device is closed", {.fix = "open it again; tensors of a closed device are gone"});
    switch (type) {
        case BufferType::DRAM: return *dram_allocator_;
        case BufferType::L1: return *l1_allocator_;
        case BufferType::L1_SMALL: return *l1_small_allocator_;
        case BufferType::TRACE: return *trace_allocator_;
    }
    raise_host("buffer-type", fmt::format("{} is not a buffer type", int(type)));
}

}  // namespace tw
