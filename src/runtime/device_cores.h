// The emulated cores of one device, kept between launches so that a launch allocates nothing.
#pragma once

#include "compute/compute_state.h"
#include "core/core.h"
#include "device/device.h"
#include "noc/noc_map.h"
#include "runtime/launch.h"

#include <memory>
#include <vector>

namespace tw::runtime {

class DeviceCores {
public:
    static DeviceCores& of(const Device&);
    explicit DeviceCores(const Device&);

    // Makes the core ready to run its part of a launch, and visible to the NoC as part of it. records: record_bit()s.
    tw_core& prepare(const CoreLaunch&, Numerics, ComputeChecks, uint32_t records, ledger::Launch*);
    // The launch is over: nobody wakes the core any more.
    void retire(tw_core&);

private:
    void place_args(tw_ctx&, const KernelOnCore&);
    // A page size that does not divide the position moves it; returns the position.
    uint32_t align_remote_cb(const RemoteCbPlacement&, uint8_t* l1) const;
    void place_remote_cb(tw_core&, const RemoteCbPlacement&, uint32_t position);
    void start_processor(tw_core&, uint32_t risc, const KernelOnCore&, const CoreLaunch&, uint32_t records);

    const Device& device_;
    NocMap noc_map_;
    struct Kept {
        tw_core core;
        ComputeStatePtr compute = make_compute_state();
    };
    std::vector<std::unique_ptr<Kept>> cores_;  // by y * grid.x + x, made when first used
};

}  // namespace tw::runtime
