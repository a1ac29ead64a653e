// Vector clocks: for each thread, how much of what it did comes before here. A thread is a processor, or one of its NoC
// engines, whose accesses are under way from the call to the barrier.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tw::races {

// Threads are numbered within a group of cores that talk to each other; between groups nothing is ordered.
struct ThreadId {
    uint32_t group = 0, index = 0;
    bool operator==(const ThreadId&) const = default;
};

class Clock {
public:
    uint32_t at(uint32_t index) const { return index < counts_.size() ? counts_[index] : 0; }
    void raise(uint32_t index) {
        if (index >= counts_.size()) counts_.resize(index + 1);
        ++counts_[index];
    }
    void join(const Clock& other) {
        if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
        for (size_t i = 0; i < other.counts_.size(); ++i) counts_[i] = std::max(counts_[i], other.counts_[i]);
    }

private:
    std::vector<uint32_t> counts_;
};

struct Thread {
    ThreadId id;
    uint32_t processor = 0;  // of the recording
    Clock clock;             // its own count in it is the number of its present piece
};

}  // namespace tw::races
