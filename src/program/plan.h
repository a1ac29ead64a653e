// A program checked against a chip and placed on its cores, with its kernels compiled: what the program cache keeps.
//
// Making a plan costs milliseconds to seconds (checks, the kernel compiler); running one again must cost microseconds. So
// all that depends only on the program's structure is done once, in the constructor, and `bind` fills in what changes from
// run to run (argument values, addresses of pinned buffers, the check against L1 tensors) without a heap allocation per
// core.
#pragma once

#include "device/device.h"
#include "jit/kernel_request.h"
#include "program/descriptors.h"
#include "program/l1_use.h"
#include "program/stale_addresses.h"
#include "runtime/launch.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tw {

class Plan {
public:
    // Checks (docs/upstream-api.md H8.3 to H8.6, in upstream's words), places, and builds the kernels.
    Plan(Device&, const ProgramDescriptor&, jit::RawBuild = jit::RawBuild::Never);
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    // `program` must be of the structure that this plan was made from. The result is valid until the next bind.
    std::span<const runtime::CoreLaunch> bind(Device&, const ProgramDescriptor& program);

    // True if a kernel's file or a header that it includes was edited since, or would now be found elsewhere.
    bool is_stale() const;

    uint32_t kernel_count() const { return uint32_t(images_.size()); }
    uint32_t compiled_count() const;  // of these, how many were not in the kernel cache
    double compile_seconds() const;
    std::span<const runtime::CoreLaunch> launches() const { return launches_; }
    std::span<const jit::KernelRequest> requests() const { return requests_; }
    // Of each request.
    std::span<const std::shared_ptr<const jit::KernelImage>> images() const { return images_; }
    // Of the last call without a finding.
    StaleAddresses& addresses() { return addresses_; }

private:
    friend class PlanBuilder;

    struct PlacedKernel {
        std::vector<uint32_t> launch_of_core;  // by y * grid.x + x; kNowhere where the kernel does not run
        std::vector<uint8_t> processors;       // tw_risc values
    };
    struct PinnedSlot {
        uint32_t cb = 0;           // index in ProgramDescriptor::cbs
        uint32_t set = 0, at = 0;  // cb_sets_[set][at]
        uint64_t checked = 0;      // the buffer that is known to be on all cores of the circular buffer
    };
    struct StaticRegion {
        CoreRange cores;
        uint64_t end = 0;  // first byte past the circular buffers placed on them
    };
    static constexpr uint32_t kNowhere = UINT32_MAX;

    void bind_args(const ProgramDescriptor&);
    void check_offsets(const ProgramDescriptor&, const Device&) const;
    void bind_pinned(const ProgramDescriptor&);
    void check_against_tensors(Device&) const;
    std::vector<L1Piece> pieces_on(const CoreRange&) const;  // without those that lie in tensors

    CoreCoord grid_;
    jit::RawBuild raw_ = jit::RawBuild::Never;
    uint64_t id_ = 0;  // "program 47" of the messages
    std::vector<runtime::CoreLaunch> launches_;
    std::vector<std::vector<runtime::CbPlacement>> cb_sets_;
    std::vector<std::vector<runtime::RemoteCbPlacement>> remote_sets_;  // parallel to cb_sets_
    std::vector<std::vector<runtime::SemaphoreInit>> semaphore_sets_;
    std::vector<PlacedKernel> kernels_;
    std::vector<PinnedSlot> pinned_;
    std::vector<PinnedSlot> remote_;      // remote_sets_[set][at]
    std::vector<uint64_t> cb_addresses_;  // of each CBDescriptor; 0 for pinned ones until bound
    std::vector<StaticRegion> regions_;
    std::vector<jit::KernelRequest> requests_;
    std::vector<std::shared_ptr<const jit::KernelImage>> images_;
    jit::SourceFiles sources_;
    StaleAddresses addresses_;
    std::vector<uint32_t> arg_words_;  // all kernels' args of the current run
};

}  // namespace tw
