// An emulated device.
#pragma once

#include <tilewright/cores.h>

#include <cstdint>
#include <memory>
#include <string>

namespace tilewright {

/// How matrix sums are computed: `Exact` as silicon does, bit by bit; `Fast` close to it (docs/numerics.md says how close).
enum class Numerics : std::uint8_t { Default, Fast, Exact };

struct DeviceOptions {
    std::string chip;  ///< "n150", "n300", "p100", "p150" or a chip description's path; empty: TILEWRIGHT_CHIP, else n150
    std::uint32_t l1_small_size = 0;  ///< bytes of each core's L1 kept for L1_SMALL buffers
    bool slow_dispatch = false;       ///< the full worker grid, none of it taken by dispatch
    Numerics numerics = Numerics::Default;
};

/// A handle to an open device; copies are the same device. It is closed by `close()` or with the last handle, the ones in
/// tensors included.
class Device {
public:
    /// Opens a device: address space is reserved, memory only when it is used.
    /// Errors: HostError[unknown-chip]; Environment if the process may not reserve that much address space.
    static Device open(const DeviceOptions& options = {});

    /// Frees all tensors of the device, which become "not allocated". Twice is fine.
    void close();
    bool is_open() const;

    std::string chip() const;              ///< "wormhole_n150"
    CoreCoord grid() const;                ///< workers that programs may use: columns, rows
    std::uint32_t dram_banks() const;      ///< banks that interleaved DRAM tensors are spread over
    std::uint32_t l1_bytes() const;        ///< bytes of each worker's L1
    std::uint32_t dram_alignment() const;  ///< bytes; pages in DRAM are spaced by multiples of it

    /// The virtual coordinate by which kernels address a worker over the NoC.
    /// Errors: HostError with ttnn's "No core coordinate found at location: ..." outside the grid.
    CoreCoord worker_core_from_logical_core(CoreCoord logical) const;

private:
    friend struct Access;
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace tilewright
