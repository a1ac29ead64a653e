#include "program/plan.h"

#include "base/error.h"
#include "device/allocator.h"
#include "program/global_circular_buffer.h"
#include "program/kernel_name.h"
#include "program/plan_builder.h"
#include "tensor/buffer.h"

#include <fmt/format.h>
#include <algorithm>
#include <atomic>
#include <cstring>

namespace tw {
namespace {

constexpr size_t kMaxArgWords = 4094;  // unique and common args of a kernel on a core (docs/upstream-api.md H8.2)

}  // namespace

Plan::Plan(Device& device, const ProgramDescriptor& program, jit::RawBuild raw) : grid_(device.grid()), raw_(raw) {
    static std::atomic<uint64_t> next_id = 0;
    id_ = next_id++;
    PlanBuilder builder(*this, device, program);
    builder.check_cores();
    check_offsets(program, device);
    builder.place_cbs();
    builder.place_semaphores();
    builder.place_kernels();
    builder.request_kernels();
    bind(device, program);  // all that can be wrong on the host side is said before a compiler is started
    builder.build_kernels();
    sources_ = jit::SourceFiles::of(requests_);
}

bool Plan::is_stale() const {
    return !sources_.unchanged();
}

uint32_t Plan::compiled_count() const {
    return uint32_t(std::count_if(images_.begin(), images_.end(), [](const auto& image) { return !image->from_cache; }));
}

double Plan::compile_seconds() const {
    double seconds = 0;
    for (const auto& image : images_) seconds += image->compile_seconds;
    return seconds;
}

std::span<const runtime::CoreLaunch> Plan::bind(Device& device, const ProgramDescriptor& program) {
    check_offsets(program, device);
    bind_pinned(program);
    check_against_tensors(device);
    bind_args(program);
    return launches_;
}

// Offsets are no part of the structure: a program that differs in them only has this plan, too.
void Plan::check_offsets(const ProgramDescriptor& program, const Device& device) const {
    const uint32_t alignment = device.chip().l1_alignment;
    for (const CBDescriptor& cb : program.cbs)
        if (cb.address_offset % alignment != 0)
            raise_host(
                "cb-offset",
                fmt::format("address_offset ({}) must be aligned to L1 alignment ({})", cb.address_offset, alignment),
                {.at = {fmt::format("a circular buffer on {}", cb.core_ranges.str())}});
}

namespace {

// A core outside of the shard grid has none of the tensor's memory at that address.
void check_shards(const Buffer& buffer, const CBDescriptor& cb, const Details& details) {
    const Sharding* sharding = buffer.sharding();
    if (!sharding || sharding->grid().contains(cb.core_ranges)) return;
    const CoreRangeSet outside = cb.core_ranges.subtract(sharding->grid());
    raise_host(
        "cb-without-shard",
        fmt::format("A circular buffer lies in a tensor that has no shard on core {}", outside.ranges()[0].start.str()),
        {.at = details.at,
         .why = fmt::format("the tensor's shards are on {}; on {} its address is other memory", sharding->grid().str(),
                            outside.str()),
         .fix = "give the CBDescriptor the cores of the tensor's shard grid only"});
}

}  // namespace

void Plan::bind_pinned(const ProgramDescriptor& program) {
    for (PinnedSlot& slot : pinned_) {
        const CBDescriptor& cb = program.cbs[slot.cb];
        std::shared_ptr<Buffer> buffer = cb.buffer.lock();
        Details details{
            .at = {fmt::format("circular buffer {} on {}", cb_sets_[slot.set][slot.at].index, cb.core_ranges.str())}};
        if (!buffer || !buffer->is_allocated()) {
            details.why = "the circular buffer lies in a tensor that is gone";
            raise_host("tensor-gone", "Tensor is not allocated.", details);
        }
        if (!buffer->is_l1()) raise_host("cb-not-l1", "Only L1 buffers can have an associated circular buffer!", details);
        if (slot.checked != buffer->unique_id()) {
            check_shards(*buffer, cb, details);
            slot.checked = buffer->unique_id();
        }
        uint64_t bank_size = buffer->aligned_size_per_bank();
        if (uint64_t{cb.total_size} + cb.address_offset > bank_size)
            raise_host(
                "cb-larger-than-tensor",
                fmt::format(
                    "Cannot set circular buffer size to {}. This is larger than the associated dynamically allocated "
                    "L1 buffer bank size of {} B",
                    cb.total_size, bank_size - std::min<uint64_t>(cb.address_offset, bank_size)),
                {.at = details.at,
                 .why = cb.address_offset
                            ? fmt::format("the tensor has {} B on a core, and address_offset {} leaves that many",
                                          bank_size, cb.address_offset)
                            : ""});
        cb_sets_[slot.set][slot.at].address = uint32_t(buffer->address() + cb.address_offset);
    }
    for (const PinnedSlot& slot : remote_) {
        const CBDescriptor& cb = program.cbs[slot.cb];
        const auto global = cb.global.lock();
        Details details{.at = {fmt::format("circular buffers on {}", cb.core_ranges.str())}};
        if (!global) {
            details.why = "the global circular buffer was deleted";
            raise_host("tensor-gone", "Tensor is not allocated.", details);
        }
        if (!global->cores().contains(cb.core_ranges)) {
            details.why = fmt::format("the global circular buffer is on {}", global->cores().str());
            raise_host("global-cb-cores", "A remote circular buffer is on cores that its global circular buffer is not on",
                       details);
        }
        if (const uint32_t page = remote_sets_[slot.set][slot.at].page_size; page > global->size()) {
            details.why = fmt::format("the global circular buffer has {} B", global->size());
            raise_host("cb-page-size", fmt::format("A page of a remote circular buffer, {} B, does not fit", page),
                       details);
        }
        remote_sets_[slot.set][slot.at].config = uint32_t(global->config_address());
    }
}

std::vector<L1Piece> Plan::pieces_on(const CoreRange& cores) const {
    std::vector<L1Piece> pieces;
    for (const runtime::CoreLaunch& launch : launches_) {
        if (!cores.contains(launch.core)) continue;
        for (const runtime::CbPlacement& cb : launch.cbs) {
            const bool in_tensor =
                std::ranges::any_of(pinned_, [&](const PinnedSlot& s) { return &cb_sets_[s.set][s.at] == &cb; });
            if (!in_tensor) pieces.push_back({cb.index, cb.address, cb.size, cb.page_size});
        }
        break;
    }
    return pieces;
}

void Plan::check_against_tensors(Device& device) const {
    std::optional<uint64_t> lowest = device.allocator(BufferType::L1).lowest_in_use();
    if (const auto small = device.allocator(BufferType::L1_SMALL).lowest_in_use(); small && (!lowest || *small < *lowest))
        lowest = small;
    if (!lowest) return;
    for (const StaticRegion& region : regions_)
        if (region.end > *lowest)
            raise_host("cb-clash",
                       fmt::format(
                           "Statically allocated circular buffers in program {} clash with L1 buffers on core range {}. L1 "
                           "buffer allocated at {} and static circular buffer region ends at {}",
                           id_, region.cores.str(), *lowest, region.end),
                       {.why = "circular buffers grow up from the start of L1, tensors down from its end\n" +
                               l1_map_text(pieces_on(region.cores), *lowest, "the lowest tensor"),
                        .fix = smallest_change(pieces_on(region.cores), *lowest) + "; or keep fewer tensors in L1"});
}

void Plan::bind_args(const ProgramDescriptor& program) {
    size_t words = 0;
    for (const KernelDescriptor& kernel : program.kernels) {
        words += kernel.common_runtime_args.size();
        for (const auto& [core, args] : kernel.runtime_args) words += args.size();
    }
    arg_words_.resize(words);  // before any span is taken
    uint32_t* next = arg_words_.data();
    auto store = [&](const std::vector<uint32_t>& values) {
        std::span<const uint32_t> stored(next, values.size());
        if (!values.empty()) std::memcpy(next, values.data(), values.size() * sizeof(uint32_t));
        next += values.size();
        return stored;
    };
    for (size_t k = 0; k < kernels_.size(); k++) {
        const KernelDescriptor& kernel = program.kernels[k];
        const PlacedKernel& placed = kernels_[k];
        auto common = store(kernel.common_runtime_args);
        for (uint32_t launch : placed.launch_of_core) {
            if (launch == kNowhere) continue;
            for (uint8_t risc : placed.processors) {
                launches_[launch].kernels[risc].args = {};
                launches_[launch].kernels[risc].no_args =
                    kernel.runtime_args.empty() ? runtime::NoArgs::Nobody : runtime::NoArgs::LeftOut;
                launches_[launch].kernels[risc].common_args = common;
            }
        }
        auto too_many = [&](CoreCoord core, size_t count) {
            raise_host(
                "too-many-args",
                fmt::format("{} unique+common runtime args targeting kernel {} on {} are too large. Max allowable is {}",
                            count, kernel.display_name(), core.str(), kMaxArgWords),
                {.at = {fmt::format("kernel {}", kernel_name(program, kernel))}});
        };
        if (common.size() > kMaxArgWords && !kernel.core_ranges.empty())
            too_many(kernel.core_ranges.ranges()[0].start, common.size());
        for (const auto& [core, values] : kernel.runtime_args) {
            auto args = store(values);
            uint32_t launch =
                core.x < grid_.x && core.y < grid_.y ? placed.launch_of_core[size_t{core.y} * grid_.x + core.x] : kNowhere;
            if (args.empty()) {
                if (launch == kNowhere) continue;
                for (uint8_t risc : placed.processors) launches_[launch].kernels[risc].no_args = runtime::NoArgs::EmptyList;
                continue;
            }
            if (launch == kNowhere)
                raise_host("args-outside-kernel",
                           fmt::format("Illegal Runtime Args on {}: kernel {} does not run on that core", core.str(),
                                       kernel.display_name()),
                           {.at = {fmt::format("kernel {} on {}", kernel_name(program, kernel), kernel.core_ranges.str())},
                            .fix = "give runtime args only to cores of core_ranges, or widen core_ranges"});
            if (args.size() + common.size() > kMaxArgWords) too_many(core, args.size() + common.size());
            for (uint8_t risc : placed.processors) {
                auto& on_core = launches_[launch].kernels[risc];
                if (!on_core.args.empty() && on_core.args.size() != args.size())
                    raise_host(
                        "args-twice",
                        fmt::format("Illegal Runtime Args on {}: Number of runtime args cannot be modified from {} to {}!",
                                    core.str(), on_core.args.size(), args.size()),
                        {.at = {fmt::format("kernel {}", kernel_name(program, kernel))},
                         .why = "the core stands twice in runtime_args, with lists of different lengths"});
                on_core.args = args;
            }
        }
    }
}

}  // namespace tw
