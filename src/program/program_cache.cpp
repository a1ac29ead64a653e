#include "program/program_cache.h"

#include "base/error.h"
#include "program/program_hash.h"

#include <vector>

namespace tw {
namespace {

constexpr size_t kMaxPlans = 1024;  // some 100 KiB each for 64 cores

// The builds of a program live side by side.
uint64_t plan_key(uint64_t structure, jit::RawBuild raw) {
    return structure + static_cast<uint64_t>(raw);
}

}  // namespace

std::shared_ptr<Plan> ProgramCache::find(const ProgramDescriptor& program, jit::RawBuild raw) const {
    const auto known = plans_.find(plan_key(structure_hash(program), raw));
    if (known == plans_.end() || known->second->second->is_stale()) return nullptr;
    return known->second->second;
}

ProgramCache::Lookup ProgramCache::find_or_make(Device& device, const ProgramDescriptor& program, jit::RawBuild raw) {
    const uint64_t structure = structure_hash(program);
    uint64_t key = program.custom_program_hash.value_or(structure);
    const uint64_t plan_of = plan_key(structure, raw);
    auto known = plans_.find(plan_of);
    if (known != plans_.end() && known->second->second->is_stale()) {
        by_use_.erase(known->second);
        plans_.erase(known);
        known = plans_.end();
    }
    if (known != plans_.end()) {
        by_use_.splice(by_use_.begin(), by_use_, known->second);
        keys_.insert(key);
        return {known->second->second, true};
    }
    if (!misses_allowed_)
        raise_host(
            "program-cache-miss",
            "Device operation \"GenericOpDeviceOperation\": program cache miss occurred, but cache misses are forbidden",
            {.fix = "run the program once before forbidding misses"});
    auto plan = std::make_shared<Plan>(device, program, raw);
    if (!enabled_) return {plan, false};
    by_use_.emplace_front(plan_of, plan);
    plans_.emplace(plan_of, by_use_.begin());
    keys_.insert(key);
    if (by_use_.size() > kMaxPlans) {
        plans_.erase(by_use_.back().first);
        by_use_.pop_back();
    }
    return {plan, false};
}

void ProgramCache::clear() {
    plans_.clear();
    by_use_.clear();
    keys_.clear();
}

void ProgramCache::disable_and_clear() {
    enabled_ = false;
    clear();
}

std::shared_ptr<ProgramCache> program_cache(const std::shared_ptr<Device>& device) {
    struct Entry {
        std::weak_ptr<Device> device;
        std::shared_ptr<ProgramCache> cache;
    };
    static std::mutex mutex;
    static std::vector<Entry> entries;  // as many as devices are open: one or two
    std::lock_guard lock(mutex);
    std::erase_if(entries, [](const Entry& e) { return e.device.expired(); });
    for (Entry& e : entries)
        if (!e.device.owner_before(device) && !device.owner_before(e.device)) return e.cache;
    return entries.emplace_back(device, std::make_shared<ProgramCache>()).cache;
}

}  // namespace tw
