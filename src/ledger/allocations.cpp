#include "ledger/allocations.h"

#include <algorithm>

namespace tw::ledger {

std::shared_ptr<const Allocation> Allocations::add(Claim claim) {
    const std::lock_guard lock(mutex_);
    snapshots_[static_cast<size_t>(claim.memory)] = nullptr;
    return live_.emplace_back(std::make_shared<const Allocation>(std::move(claim)));
}

void Allocations::remove(uint64_t id) {
    const std::lock_guard lock(mutex_);
    // The youngest die first, most of the time.
    for (size_t i = live_.size(); i-- > 0;)
        if (live_[i]->id == id) return free_locked(i);
}

void Allocations::clear() {
    const std::lock_guard lock(mutex_);
    while (!live_.empty()) free_locked(live_.size() - 1);
}

void Allocations::free_locked(size_t index) {
    snapshots_[static_cast<size_t>(live_[index]->memory)] = nullptr;
    freed_.push_front(std::move(live_[index]));
    live_.erase(live_.begin() + static_cast<ptrdiff_t>(index));
    if (freed_.size() > kMostFreed) freed_.pop_back();
}

std::shared_ptr<const Snapshot> Allocations::snapshot(Memory memory) const {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<const Snapshot>& kept = snapshots_[static_cast<size_t>(memory)];
    if (!kept) {
        auto made = std::make_shared<Snapshot>();
        for (const auto& a : live_)
            if (a->memory == memory) made->push_back(a);
        std::ranges::sort(*made, {}, [](const auto& a) { return a->begin; });
        kept = std::move(made);
    }
    return kept;
}

std::shared_ptr<const Allocation> Allocations::freed_at(Memory memory, uint64_t address) const {
    const std::lock_guard lock(mutex_);
    for (const auto& a : freed_)
        if (a->memory == memory && a->begin <= address && address < a->end) return a;
    return nullptr;
}

}  // namespace tw::ledger
