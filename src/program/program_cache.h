// Plans by program, one cache per device, and what users see of it (docs/upstream-api.md H9.1).
#pragma once

#include "program/plan.h"

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace tw {

class ProgramCache {
public:
    struct Lookup {
        std::shared_ptr<Plan> plan;
        bool hit = false;
    };
    // Null when it is not there, or its sources have changed.
    std::shared_ptr<Plan> find(const ProgramDescriptor&, jit::RawBuild = jit::RawBuild::Never) const;
    // Raises when a miss is not allowed.
    Lookup find_or_make(Device&, const ProgramDescriptor&, jit::RawBuild = jit::RawBuild::Never);

    void enable() { enabled_ = true; }
    void disable_and_clear();
    void clear();
    // Distinct programs run, counted by custom_program_hash where there is one.
    size_t num_entries() const { return keys_.size(); }
    void set_misses_allowed(bool allowed) { misses_allowed_ = allowed; }

    // Programs of a device run one after another, in the order of the calls.
    std::mutex& run_mutex() { return run_mutex_; }

private:
    // Users' hash functions may say that two programs are the same that are not; plans are kept by what programs really
    // are.
    std::unordered_map<uint64_t, std::list<std::pair<uint64_t, std::shared_ptr<Plan>>>::iterator> plans_;
    std::list<std::pair<uint64_t, std::shared_ptr<Plan>>> by_use_;  // the most recent first
    std::unordered_set<uint64_t> keys_;
    std::mutex run_mutex_;
    bool enabled_ = true, misses_allowed_ = true;
};

// The cache that belongs to an open device; made at first use, gone with the device.
std::shared_ptr<ProgramCache> program_cache(const std::shared_ptr<Device>&);

}  // namespace tw
