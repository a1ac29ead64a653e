// Makes a Plan in named steps; exists only while one is made.
#pragma once

#include "base/error.h"
#include "program/l1_use.h"
#include "program/plan.h"

#include <bitset>

namespace tw {

class PlanBuilder {
public:
    PlanBuilder(Plan&, Device&, const ProgramDescriptor&);

    void check_cores() const;
    void place_cbs();
    void place_semaphores();
    void place_kernels();
    void request_kernels();
    void build_kernels();

private:
    static constexpr int32_t kNone = -1;

    struct CoreState {
        std::vector<uint32_t> cbs;         // indices in ProgramDescriptor::cbs
        std::vector<uint32_t> semaphores;  // indices in ProgramDescriptor::semaphores
        std::bitset<256> cb_indices;
        std::bitset<64> semaphore_ids;
        std::array<int32_t, 5> kernel = {kNone, kNone, kNone, kNone, kNone};  // by tw_risc
        uint64_t cb_end = 0;
        int8_t noc_mode = kNone;
        uint32_t launch = Plan::kNowhere;
        uint32_t cb_set = 0;
    };
    struct ImageUse {
        uint32_t launch = 0, risc = 0, request = 0;
    };

    size_t slot(CoreCoord c) const { return size_t{c.y} * plan_.grid_.x + c.x; }
    CoreState& state(CoreCoord c) { return cores_[slot(c)]; }
    template <class Visit>
    static void each_core(const CoreRangeSet&, Visit);

    void check_kernel(const KernelDescriptor&) const;
    void check_named_args(const KernelDescriptor&) const;
    void check_defines(const KernelDescriptor&) const;
    void check_cb(const CBDescriptor&) const;
    void check_format(const CBFormatDescriptor&, const Details&) const;
    void note_regions(const CBDescriptor&);
    void check_regions() const;
    std::vector<L1Piece> pieces_on(CoreCoord) const;
    void make_launches();
    uint32_t cb_set_of(const CoreState&);
    std::vector<jit::CbFormat> formats_of(const CoreState&, const ComputeConfigDescriptor*) const;
    jit::KernelRequest request_for(const KernelDescriptor&, jit::Processor, std::vector<jit::CbFormat>,
                                   const ComputeConfigDescriptor*) const;

    Plan& plan_;
    Device& device_;
    const ChipDescription& chip_;
    const ProgramDescriptor& program_;
    std::vector<CoreState> cores_;
    std::vector<std::vector<uint32_t>> cb_set_members_;  // per cb set: indices in ProgramDescriptor::cbs
    std::vector<ImageUse> uses_;
};

}  // namespace tw
