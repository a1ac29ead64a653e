#include "base/error.h"
#include "program/generic_op.h"
#include "public/access.h"

#include <fmt/format.h>
#include <algorithm>

namespace tilewright {
namespace {

static_assert(int(MathFidelity::HiFi4) == int(tw::MathFidelity::HiFi4));
static_assert(int(SourceType::SOURCE_CODE) == int(tw::KernelDescriptor::SourceType::SOURCE_CODE));
static_assert(int(Schedule::Parallel) == int(tw::runtime::Schedule::Parallel));
static_assert(int(Schedule::Random) == int(tw::runtime::Schedule::Random));

tw::DataFormat format_of(DataType dtype) {
    return tw::to_data_format(static_cast<tw::DataType>(dtype));
}

tw::CBDescriptor to_ours(const CBDescriptor& cb) {
    tw::CBDescriptor out{.total_size = cb.total_size, .core_ranges = to_ours(cb.core_ranges)};
    for (const CBFormatDescriptor& f : cb.format_descriptors) {
        out.format_descriptors.push_back(
            {.buffer_index = f.buffer_index, .data_format = format_of(f.data_format), .page_size = f.page_size});
    }
    if (cb.tensor) out.set_buffer(Access::get(*cb.tensor).buffer());
    out.address_offset = cb.address_offset;
    return out;
}

tw::KernelDescriptor::ConfigDescriptor to_ours(const ReaderConfigDescriptor&) {
    return tw::ReaderConfigDescriptor{};
}
tw::KernelDescriptor::ConfigDescriptor to_ours(const WriterConfigDescriptor&) {
    return tw::WriterConfigDescriptor{};
}
tw::KernelDescriptor::ConfigDescriptor to_ours(const DataMovementConfigDescriptor& config) {
    if (config.noc > 1) {
        tw::raise_host("noc", fmt::format("there is no NoC {}", unsigned{config.noc}), {.fix = "use NoC 0 or 1"});
    }
    return tw::DataMovementConfigDescriptor{.processor = static_cast<tw::DataMovementProcessor>(config.processor),
                                            .noc = static_cast<tw::NOC>(config.noc)};
}
tw::KernelDescriptor::ConfigDescriptor to_ours(const ComputeConfigDescriptor& config) {
    tw::ComputeConfigDescriptor out{.math_fidelity = static_cast<tw::MathFidelity>(config.math_fidelity),
                                    .fp32_dest_acc_en = config.fp32_dest_acc_en,
                                    .dst_full_sync_en = config.dst_full_sync_en,
                                    .math_approx_mode = config.math_approx_mode};
    if (!config.unpack_to_dest_fp32.empty()) {
        // An entry for each circular buffer that any chip has.
        out.unpack_to_dest_mode.assign(64, tw::UnpackToDestMode::Default);
        for (const std::uint8_t index : config.unpack_to_dest_fp32) {
            if (index >= 64) {
                tw::raise_host("cb-index", fmt::format("unpack_to_dest_fp32 names circular buffer {}", unsigned{index}),
                               {.why = "no chip has more than 64 circular buffers on a core"});
            }
            out.unpack_to_dest_mode[index] = tw::UnpackToDestMode::UnpackToDestFp32;
        }
    }
    return out;
}

tw::KernelDescriptor to_ours(const KernelDescriptor& kernel) {
    tw::KernelDescriptor out{.kernel_source = kernel.kernel_source,
                             .source_type = static_cast<tw::KernelDescriptor::SourceType>(kernel.source_type),
                             .core_ranges = to_ours(kernel.core_ranges),
                             .compile_time_args = kernel.compile_time_args,
                             .named_compile_time_args = kernel.named_compile_time_args,
                             .defines = kernel.defines,
                             .common_runtime_args = kernel.common_runtime_args,
                             .config = std::visit([](const auto& config) { return to_ours(config); }, kernel.config)};
    for (const auto& [core, words] : kernel.runtime_args) {
        out.runtime_args.emplace_back(tw::CoreCoord{core.x, core.y}, tw::CoreRuntimeArgs(words));
    }
    for (const std::string& folder : kernel.compiler_include_paths) out.compiler_include_paths.emplace_back(folder);
    return out;
}

}  // namespace

tw::ProgramDescriptor to_ours(const ProgramDescriptor& program) {
    tw::ProgramDescriptor out;
    for (const KernelDescriptor& kernel : program.kernels) out.kernels.push_back(to_ours(kernel));
    for (const SemaphoreDescriptor& s : program.semaphores) {
        out.semaphores.push_back({.id = s.id, .core_ranges = to_ours(s.core_ranges), .initial_value = s.initial_value});
    }
    for (const CBDescriptor& cb : program.cbs) out.cbs.push_back(to_ours(cb));
    return out;
}

Tensor generic_op(const std::vector<Tensor>& io_tensors, const ProgramDescriptor& program) {
    return translated([&] {
        std::vector<tw::Tensor> tensors;
        for (const Tensor& tensor : io_tensors) tensors.push_back(Access::get(tensor));
        return Access::make(tw::generic_op(tensors, to_ours(program)));
    });
}

void set_run_options(const std::optional<RunOptions>& options) {
    if (!options) return tw::set_run_options({});
    tw::runtime::RunOptions ours = tw::runtime::RunOptions::from_environment();
    ours.schedule = static_cast<tw::runtime::Schedule>(options->schedule);
    ours.seed = options->seed;
    ours.workers = options->workers;
    ours.numerics.reset();
    if (options->numerics != Numerics::Default) {
        ours.numerics = options->numerics == Numerics::Exact ? tw::Numerics::Exact : tw::Numerics::Fast;
    }
    ours.hang_seconds = options->hang_seconds;
    tw::set_run_options(ours);
}

RunSummary last_run() {
    const tw::RunSummary run = tw::last_run();
    RunSummary out{.kernels = run.kernels,
                   .kernels_compiled = run.kernels_compiled,
                   .cores = run.cores,
                   .fibers = run.fibers,
                   .compile_seconds = run.compile_seconds,
                   .run_seconds = run.run_seconds,
                   .warnings = {}};
    for (const tw::Diagnostic& d : tw::last_run_findings())
        if (d.severity == tw::Severity::Warning) out.warnings.push_back(to_public(d));
    return out;
}

}  // namespace tilewright
