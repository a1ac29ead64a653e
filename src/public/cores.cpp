#include "device/work_split.h"
#include "public/access.h"

#include <algorithm>

namespace tilewright {
namespace {

tw::CoreCoord to_ours(CoreCoord c) {
    return {c.x, c.y};
}
CoreCoord to_public(tw::CoreCoord c) {
    return {c.x, c.y};
}

}  // namespace

tw::CoreRangeSet to_ours(const CoreRangeSet& set) {
    std::vector<tw::CoreRange> ranges;
    for (const CoreRange& r : set.ranges) ranges.emplace_back(to_ours(r.start), to_ours(r.end));
    return tw::CoreRangeSet(std::move(ranges));
}

CoreRangeSet to_public(const tw::CoreRangeSet& set) {
    CoreRangeSet out;
    for (const tw::CoreRange& r : set.ranges()) out.ranges.push_back({to_public(r.start), to_public(r.end)});
    return out;
}

bool contains(const CoreRangeSet& set, CoreCoord core) {
    return std::any_of(set.ranges.begin(), set.ranges.end(), [core](const CoreRange& r) {
        return r.start.x <= core.x && core.x <= r.end.x && r.start.y <= core.y && core.y <= r.end.y;
    });
}

std::vector<CoreCoord> cores_of(const CoreRangeSet& set, bool row_wise) {
    return translated([&] {
        std::vector<CoreCoord> out;
        for (const tw::CoreCoord c : tw::corerange_to_cores(to_ours(set), {}, row_wise)) out.push_back(to_public(c));
        return out;
    });
}

WorkSplit split_work_to_cores(CoreCoord grid, std::uint64_t units, bool row_wise) {
    const tw::WorkSplit split = tw::split_work_to_cores(to_ours(grid), units, row_wise);
    return {to_public(split.all_cores),   to_public(split.core_group_1), to_public(split.core_group_2), split.num_cores,
            split.units_per_core_group_1, split.units_per_core_group_2};
}

}  // namespace tilewright
