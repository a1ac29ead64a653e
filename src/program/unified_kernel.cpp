#include "program/unified_kernel.h"

#include <algorithm>

namespace tw {

uint32_t CoreConstant::on(CoreCoord core) const {
    for (size_t i = values.size(); i-- > 0;)
        if (values[i].first.contains(core)) return values[i].second;
    return otherwise;
}

std::vector<UnifiedKernel::Group> UnifiedKernel::groups() const {
    struct Cores {
        std::vector<uint32_t> values;
        std::vector<CoreRange> cores;
    };
    std::vector<Cores> found;  // few, so a search finds them
    const std::vector<CoreCoord> all = corerange_to_cores(cores, {}, true);
    for (const CoreCoord core : all) {
        std::vector<uint32_t> values;
        for (const CoreConstant& constant : constants) values.push_back(constant.on(core));
        auto at = std::find_if(found.begin(), found.end(), [&](const Cores& c) { return c.values == values; });
        if (at == found.end()) at = found.insert(found.end(), {std::move(values), {}});
        at->cores.emplace_back(core, core);
    }
    std::vector<Group> groups;
    for (Cores& c : found) {
        const bool whole = c.cores.size() == all.size();
        groups.push_back({whole ? cores : CoreRangeSet().merge(CoreRangeSet(c.cores)), std::move(c.values)});
    }
    return groups;
}

std::vector<KernelDescriptor> UnifiedKernel::kernels(const std::vector<Group>& groups) const {
    std::vector<KernelDescriptor> made;
    for (const Group& group : groups)
        for (const Processor processor : {Ncrisc, Brisc, Trisc}) made.push_back(kernel(processor, group));
    return made;
}

KernelDescriptor UnifiedKernel::kernel(Processor processor, const Group& group) const {
    const Arguments& own = arguments[processor];
    KernelDescriptor made;
    made.kernel_source = source;
    made.core_ranges = group.cores;
    made.compile_time_args = own.compile_time;
    made.named_compile_time_args = own.named;
    for (size_t i = 0; i < constants.size(); i++)
        made.named_compile_time_args.emplace_back(constants[i].name, group.values[i]);
    made.defines = defines;
    for (const auto& [core, values] : own.per_core)
        if (group.cores.contains(core)) made.runtime_args.emplace_back(core, values);
    made.common_runtime_args = own.common;
    using Config = KernelDescriptor::ConfigDescriptor;
    if (processor == Trisc) {
        made.config = Boxed<Config>(compute);
    } else {
        const bool reads = processor == Ncrisc;
        made.config = Boxed<Config>(
            DataMovementConfigDescriptor{reads ? DataMovementProcessor::RISCV_1 : DataMovementProcessor::RISCV_0,
                                         reads ? NOC::NOC_0 : NOC::NOC_1, noc_mode});
    }
    return made;
}

}  // namespace tw
