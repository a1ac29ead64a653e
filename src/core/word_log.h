// Which words in L1 a processor has written, so that who waits for one in vain can be told who wrote it, how often and
// where. A few entries, as kernels have few flags; what finds no room is not told.
#pragma once

#include "tw/abi.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tw {

enum class WordWrite : uint8_t { Set, Add };

struct WordUse {
    uint64_t address;  // NoC address, of a rectangle for a multicast
    const tw_site* site;
    uint64_t count, sum;  // how often; of what was added
    uint32_t last;        // value set or added
    WordWrite kind;
    bool multicast;
};

class WordLog {
public:
    void note(uint64_t address, WordWrite kind, bool multicast, uint32_t value, const tw_site* site) {
        const auto is_it = [&](const WordUse& u) { return u.address == address && u.kind == kind && u.last == value; };
        if (last_ >= uses_.size() || !is_it(uses_[last_])) {
            for (last_ = 0; last_ < uses_.size() && !is_it(uses_[last_]);) ++last_;
            if (last_ == uses_.size()) {
                if (uses_.size() == kMost) return;
                uses_.push_back({.address = address,
                                 .site = site,
                                 .count = 0,
                                 .sum = 0,
                                 .last = value,
                                 .kind = kind,
                                 .multicast = multicast});
            }
        }
        WordUse& use = uses_[last_];
        ++use.count;
        use.sum += value;
        use.site = site;
    }
    void clear() { uses_.clear(); }
    const std::vector<WordUse>& uses() const { return uses_; }

private:
    static constexpr size_t kMost = 128;
    std::vector<WordUse> uses_;
    size_t last_ = 0;
};

}  // namespace tw
