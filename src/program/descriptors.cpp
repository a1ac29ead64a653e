#include "program/descriptors.h"
#include "program/global_circular_buffer.h"

#include "base/error.h"
#include "tensor/buffer.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace tw {

FaceGeometry::FaceGeometry(uint32_t face_r_dim, uint32_t num_faces) : face_r_dim(face_r_dim), num_faces(num_faces) {
    if (face_r_dim == 0) raise_host("face-geometry", "face_r_dim must be > 0");
    if (face_r_dim > 16)
        raise_host("face-geometry", fmt::format("face_r_dim must be <= FACE_HEIGHT (16), got {}", face_r_dim));
    if (num_faces == 0) raise_host("face-geometry", "num_faces must be > 0");
}

void CBDescriptor::set_buffer(const std::shared_ptr<Buffer>& b) {
    buffer = b;
    pinned = b != nullptr;
}

void CBDescriptor::set_global_circular_buffer(const std::shared_ptr<GlobalCircularBuffer>& g) {
    global = g;
    is_global = g != nullptr;
    set_buffer(g ? g->data() : nullptr);
}

std::optional<uint64_t> CBDescriptor::buffer_address() const {
    if (!pinned) return std::nullopt;
    std::shared_ptr<Buffer> b = buffer.lock();
    if (!b)
        raise_host("tensor-gone", "Tensor is not allocated.", {.why = "the circular buffer lies in a tensor that is gone"});
    return b->address();
}

const CoreRuntimeArgs* find_runtime_args(const RuntimeArgs& args, CoreCoord core) {
    for (size_t i = args.size(); i-- > 0;)
        if (args[i].first == core) return &args[i].second;
    return nullptr;
}

void set_runtime_args(RuntimeArgs& args, CoreCoord core, CoreRuntimeArgs values) {
    // Programs set cores one after another, so the search that finds nothing is the common one: 140 cores at most.
    for (auto& entry : args) {
        if (entry.first == core) {
            entry.second = std::move(values);
            return;
        }
    }
    args.emplace_back(core, std::move(values));
}

void KernelDescriptor::append_runtime_args_from(const KernelDescriptor& other) {
    if (this == &other) raise_host("runtime-args", "Cannot append a kernel's runtime args from itself");
    size_t longest = 0;
    for (const auto& [core, values] : other.runtime_args) longest = std::max(longest, values.size());
    if (runtime_args.empty())
        for (CoreCoord core : corerange_to_cores(core_ranges, {}, true))
            runtime_args.emplace_back(core, tw::CoreRuntimeArgs{});
    for (auto& [core, values] : runtime_args) {
        size_t end = values.size() + longest;
        if (const tw::CoreRuntimeArgs* more = find_runtime_args(other.runtime_args, core))
            values.insert(values.end(), more->begin(), more->end());
        values.resize(end, 0);
    }
}

void KernelDescriptor::extend_runtime_args_uniform(const tw::CoreRuntimeArgs& values) {
    for (auto& entry : runtime_args) entry.second.insert(entry.second.end(), values.begin(), values.end());
}

void KernelDescriptor::append_common_runtime_args_from(const KernelDescriptor& other) {
    if (this == &other) raise_host("runtime-args", "Cannot append a kernel's runtime args from itself");
    common_runtime_args.insert(common_runtime_args.end(), other.common_runtime_args.begin(),
                               other.common_runtime_args.end());
}

std::optional<uint32_t> ProgramDescriptor::find_available_semaphore_id(CoreCoord core, CoreType type) const {
    constexpr uint32_t kSemaphoresPerCore = 16;  // docs/upstream-api.md H1.2
    std::set<uint32_t> taken;
    for (const SemaphoreDescriptor& semaphore : semaphores)
        if (semaphore.core_type == type && semaphore.core_ranges.contains(core)) taken.insert(semaphore.id);
    for (uint32_t id = 0; id < kSemaphoresPerCore; id++)
        if (!taken.contains(id)) return id;
    return std::nullopt;
}

ProgramDescriptor merge_program_descriptors(const std::vector<const ProgramDescriptor*>& parts) {
    ProgramDescriptor merged;
    for (size_t i = 0; i < parts.size(); i++) {
        for (size_t j = i + 1; j < parts.size(); j++)
            for (const KernelDescriptor& a : parts[i]->kernels)
                for (const KernelDescriptor& b : parts[j]->kernels)
                    if (a.core_ranges.intersects(b.core_ranges))
                        raise_host(
                            "merge-overlap",
                            fmt::format(
                                "Cannot merge ProgramDescriptors with overlapping kernel core ranges between "
                                "descriptor {} and {}. Ensure that each descriptor operates on a distinct set of cores.",
                                i, j),
                            {.at = {fmt::format("kernel {} on {}", a.display_name(), a.core_ranges.str()),
                                    fmt::format("kernel {} on {}", b.display_name(), b.core_ranges.str())}});
        for (const KernelDescriptor& kernel : parts[i]->kernels) merged.kernels.push_back(kernel);
        for (const SemaphoreDescriptor& semaphore : parts[i]->semaphores) merged.semaphores.push_back(semaphore);
        for (const CBDescriptor& cb : parts[i]->cbs) merged.cbs.push_back(cb);
    }
    return merged;
}

}  // namespace tw
