// The findings of one launch, gathered as they are noticed. Those of one kind at one place of a kernel become one, however
// many cores have it and however often: a loop over a thousand pages on 64 cores must not cost memory, nor bury the rest.
#pragma once

#include "observe/problem.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tw {

struct Finding {
    Problem problem;                                   // of the first core in order that had it; severity: the worst
    std::vector<std::pair<uint16_t, uint16_t>> cores;  // x, y; in order, row by row
    uint64_t count = 0;
    uint32_t nth = 0;  // findings of that core before it
};

// Not safe to call from two threads at once: the launch's host locks, as nothing here is on the hot path.
class FindingList {
public:
    static constexpr size_t kMost = 256;  // different findings of a launch that are kept

    void add(Problem&&);
    bool has_errors() const { return errors_ != 0; }
    bool empty() const { return findings_.empty(); }
    size_t dropped() const { return dropped_; }  // how many found no room

    // The worst first; of equals what may have led to the others first: what the host gave wrongly, then in the order in
    // which a core met them. The same in every run in which cores do the same.
    std::vector<Finding> sorted() const;

private:
    struct Key {
        ProblemKind kind;
        uint32_t line;
        uint64_t a;
        std::string code, kernel, file;
        auto operator<=>(const Key&) const = default;
    };
    std::map<Key, Finding> findings_;
    std::map<std::pair<uint16_t, uint16_t>, uint32_t> of_core_;
    size_t errors_ = 0, dropped_ = 0;
};

}  // namespace tw
