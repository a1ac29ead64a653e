// Registers of one core's compute side: SrcA and SrcB (two banks each), DST (two halves), their handshakes, and what the
// *_init functions set. Each core has one; they are used by the three TRISC fibers through the functions of
// tw/abi_compute.h.
#pragma once

#include "device/numerics.h"
#include "jit/kernel_request.h"

#include <memory>

namespace tw {

struct ComputeState;  // defined in compute/registers.h

struct ComputeStateDeleter {
    void operator()(ComputeState*) const;
};
using ComputeStatePtr = std::unique_ptr<ComputeState, ComputeStateDeleter>;

// Whether settings that calls need are compared with those that are there, and whether stale ones poison results.
struct ComputeChecks {
    bool config = false;
    bool poison = false;
};

ComputeStatePtr make_compute_state();
// Before each launch on a core with a compute kernel: counters to zero, DST cleared.
void reset_compute_state(ComputeState&, const jit::ComputeOptions&, Arch, Numerics = Numerics::Fast, ComputeChecks = {});

}  // namespace tw
