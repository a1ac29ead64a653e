#include "runtime/page_shares.h"

#include "ledger/launch.h"

#include <algorithm>
#include <array>

namespace tw::runtime {
namespace {

struct Extent {
    uint64_t first = ~uint64_t{0}, last = 0, count = 0;
    void add(uint64_t page) {
        first = std::min(first, page);
        last = std::max(last, page);
        ++count;
    }
    Extent with(const Extent& other) const {
        return {std::min(first, other.first), std::max(last, other.last), count + other.count};
    }
    bool is_whole() const { return count != 0 && last - first + 1 == count; }
};

}  // namespace

std::optional<ShiftedShare> find_shifted_share(std::span<const uint8_t> by) {
    using ledger::Tensor;
    std::array<Extent, 256> of;
    for (uint64_t page = 0; page < by.size(); ++page) of[by[page]].add(page);
    const Extent &nobody = of[0], &several = of[Tensor::kSeveral];
    if (nobody.count == 0 || nobody.count != several.count || of[Tensor::kPartly].count != 0) return std::nullopt;
    std::optional<ShiftedShare> found;
    uint32_t cores = 0;
    for (uint32_t core = 1; core < Tensor::kCoreNumbers; ++core) {
        if (of[core].count == 0) continue;
        ++cores;
        const Extent took = of[core].with(several), left = of[core].with(nobody);
        if (!took.is_whole() || !left.is_whole()) {
            // Its neighbour's pages are missing in it, or it has a share in several pieces.
            if (!of[core].is_whole() && !of[core].with(several).is_whole()) return std::nullopt;
            continue;
        }
        if (found) return std::nullopt;
        found = {static_cast<uint8_t>(core), took.first, took.last, left.first, left.last};
    }
    return cores >= 2 ? found : std::nullopt;
}

}  // namespace tw::runtime
