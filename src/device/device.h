// An open device: one chip with its memories and allocators.
//
// L1 of every worker core and every DRAM bank is one lazily mapped region of the process, so an open device costs virtual
// addresses, not memory, until pages are touched. Guard pages stand after each L1 and each bank: a run past the end faults
// and becomes a diagnostic.
#pragma once

#include "device/chip.h"
#include "device/core_coord.h"
#include "device/numerics.h"
#include "device/stale_config.h"
#include "ledger/allocations.h"
#include "observe/checks.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace tw {

class Allocator;  // device/allocator.h: lock-step over all banks of one memory (docs/upstream-api.md H6.4)

enum class BufferType : uint8_t { DRAM = 0, L1 = 1, L1_SMALL = 3, TRACE = 4 };

struct DeviceOptions {
    uint32_t device_id = 0;
    uint64_t l1_small_size = 0;
    uint64_t trace_region_size = 0;
    uint64_t worker_l1_size = 0;       // of each core's L1, what tensors and circular buffers may use; 0: all there is
    bool slow_dispatch = false;        // the full grid; TT_METAL_SLOW_DISPATCH_MODE=1
    std::optional<Numerics> numerics;  // none: as the environment says
    std::optional<Checks> checks;      // likewise
    std::optional<StaleConfig> stale_config;
};

class Device : public std::enable_shared_from_this<Device> {
public:
    static std::shared_ptr<Device> open(const ChipDescription&, const DeviceOptions& = {});
    ~Device();

    const ChipDescription& chip() const { return chip_; }
    CoreCoord grid() const { return grid_; }  // workers programs may use
    bool is_open() const { return open_; }
    void close();  // frees buffers and memory; tensors of this device become "not allocated"

    NocCoord worker_noc(CoreCoord logical) const;  // raises upstream's "No core coordinate found at location: ..."
    CoreCoord logical_from_noc(NocCoord) const;    // likewise
    uint32_t l1_base() const { return l1_base_; }  // the first address that circular buffers and tensors may have
    uint32_t num_l1_banks() const { return grid_.x * grid_.y; }
    CoreCoord l1_bank_core(uint32_t bank) const { return {bank % grid_.x, bank / grid_.x}; }
    uint32_t l1_bank(CoreCoord core) const { return core.y * grid_.x + core.x; }

    uint8_t* l1(CoreCoord logical) const;  // chip().l1_size bytes
    uint8_t* dram(uint32_t bank) const;    // address 0 of the bank; dram_base + dram_bank_size bytes

    const DeviceOptions& options() const { return options_; }
    void set_numerics(std::optional<Numerics> numerics) { options_.numerics = numerics; }  // of programs run from now on
    void set_checks(std::optional<Checks> checks) { options_.checks = checks; }
    void set_stale_config(std::optional<StaleConfig> choice) { options_.stale_config = choice; }
    Allocator& allocator(BufferType) const;  // raises HostError[device-closed] after close
    void deallocate_buffers();               // frees all buffers; the device stays open
    // Who has which bytes; buffers write themselves in and out.
    ledger::Allocations& allocations() const { return allocations_; }

    // While a trace is captured, the host's own reads and writes of the device's memories are refused; what stands for work
    // of the device itself (DeviceWork) is not.
    void set_capturing(bool on) { capturing_ = on; }
    bool is_capturing() const { return capturing_; }
    void check_host_may_read() const;
    void check_host_may_write() const;

    // What the runtime keeps for this device between launches (emulated cores, the NoC map). Opaque here: layers above own
    // it.
    std::shared_ptr<void>& runtime_state() const { return runtime_state_; }

private:
    struct Memory;
    bool refuses_host() const;
    Device(const ChipDescription&, const DeviceOptions&);

    const ChipDescription& chip_;
    DeviceOptions options_;
    uint32_t l1_base_ = 0;
    std::atomic<bool> capturing_{false};
    CoreCoord grid_;
    bool open_ = true;
    mutable std::shared_ptr<void> runtime_state_;
    mutable ledger::Allocations allocations_;
    std::unique_ptr<Memory> memory_;
    std::unique_ptr<Allocator> dram_allocator_, l1_allocator_, l1_small_allocator_, trace_allocator_;
};

// On the thread that holds one, reads and writes of a device's memories are the device's own: an operation that is computed
// here on the host, but would run on the card.
class DeviceWork {
public:
    DeviceWork() { begin(); }
    ~DeviceWork() { end(); }
    DeviceWork(const DeviceWork&) = delete;
    DeviceWork& operator=(const DeviceWork&) = delete;
    static void begin() { ++depth; }
    static void end() { --depth; }
    static bool is_going_on() { return depth > 0; }

private:
    static thread_local int depth;
};

}  // namespace tw
