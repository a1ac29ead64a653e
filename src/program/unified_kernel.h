// One source file as the kernels of all five processors of a core (docs/upstream-api.md H8.7).
//
// The file tells the processors apart by COMPILE_FOR_NCRISC, COMPILE_FOR_BRISC and COMPILE_FOR_TRISC. Where a named
// compile-time argument differs between cores, cores with the same values form a group, and each group gets three kernels
// of its own.
#pragma once

#include "program/descriptors.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tw {

// A named argument whose value differs from core to core.
struct CoreConstant {
    std::string name;
    std::vector<std::pair<CoreRangeSet, uint32_t>> values;  // the last that has the core holds
    uint32_t otherwise = 0;

    uint32_t on(CoreCoord) const;
};

struct UnifiedKernel {
    enum Processor { Ncrisc, Brisc, Trisc };
    struct Arguments {
        std::vector<uint32_t> compile_time, common;
        KernelDescriptor::NamedCompileTimeArgs named;
        RuntimeArgs per_core;  // of any cores; each kernel takes those of its own
    };

    std::string source;
    CoreRangeSet cores;
    std::array<Arguments, 3> arguments;  // by Processor
    ComputeConfigDescriptor compute;
    std::vector<CoreConstant> constants;
    KernelDescriptor::Defines defines;
    NOC_MODE noc_mode = NOC_MODE::DM_DEDICATED_NOC;

    // Cores with the same values, in the order of their first core, row by row.
    struct Group {
        CoreRangeSet cores;
        std::vector<uint32_t> values;  // of the constants, in their order
    };
    std::vector<Group> groups() const;
    // Three for each group: NCRISC, BRISC, TRISC.
    std::vector<KernelDescriptor> kernels(const std::vector<Group>&) const;

private:
    KernelDescriptor kernel(Processor, const Group&) const;
};

}  // namespace tw
