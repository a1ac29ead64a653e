#include "device/work_split.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw {

namespace {

// Cores first .. first + count - 1 of a range, in its row-wise or column-wise order, as at most three rectangles: the rest
// of a line, full lines, the begin of a line.
void append_slice(std::vector<CoreRange>& out, const CoreRange& range, uint32_t first, uint32_t count, bool row_wise) {
    const CoreCoord size = range.grid_size();
    const uint32_t line = row_wise ? size.x : size.y;
    const auto rectangle = [&](uint32_t line_begin, uint32_t along_begin, uint32_t lines, uint32_t along) {
        const CoreCoord low = row_wise ? CoreCoord{along_begin, line_begin} : CoreCoord{line_begin, along_begin};
        const CoreCoord extent = row_wise ? CoreCoord{along, lines} : CoreCoord{lines, along};
        const CoreCoord start{range.start.x + low.x, range.start.y + low.y};
        out.emplace_back(start, CoreCoord{start.x + extent.x - 1, start.y + extent.y - 1});
    };
    if (count > 0 && first % line != 0) {
        const uint32_t taken = std::min(count, line - first % line);
        rectangle(first / line, first % line, 1, taken);
        first += taken;
        count -= taken;
    }
    if (count >= line) {
        rectangle(first / line, 0, count / line, line);
        first += count / line * line;
        count %= line;
    }
    if (count > 0) rectangle(first / line, 0, 1, count);
}

// A rectangle that continues the one before it over a full side is one with it, even across ranges of a set (golden
// split_work_to_cores, ranges [1-8 - 3-8] and [4-8 - 5-8]).
void join_neighbours(std::vector<CoreRange>& ranges) {
    std::vector<CoreRange> joined;
    for (const CoreRange& next : ranges) {
        if (!joined.empty()) {
            CoreRange& last = joined.back();
            const bool beside = last.start.y == next.start.y && last.end.y == next.end.y && last.end.x + 1 == next.start.x;
            const bool below = last.start.x == next.start.x && last.end.x == next.end.x && last.end.y + 1 == next.start.y;
            if (beside || below) {
                last.end = next.end;
                continue;
            }
        }
        joined.push_back(next);
    }
    ranges = std::move(joined);
}

// The same over the ranges of a set, one after another.
CoreRangeSet slice(const CoreRangeSet& set, uint32_t first, uint32_t count, bool row_wise) {
    std::vector<CoreRange> out;
    for (const CoreRange& range : set.ranges()) {
        if (count == 0) break;
        if (first >= range.size()) {
            first -= range.size();
            continue;
        }
        const uint32_t taken = std::min(count, range.size() - first);
        append_slice(out, range, first, taken, row_wise);
        first = 0;
        count -= taken;
    }
    join_neighbours(out);
    return CoreRangeSet(std::move(out));
}

uint32_t index_in(const CoreRange& range, CoreCoord core, bool row_wise) {
    const CoreCoord size = range.grid_size(), offset{core.x - range.start.x, core.y - range.start.y};
    return row_wise ? offset.y * size.x + offset.x : offset.x * size.y + offset.y;
}

void check_enough(uint32_t wanted, uint32_t available) {
    if (wanted <= available) return;
    raise_host(
        "too-few-cores",
        fmt::format("Target number of cores {} is greater than total number of available cores {}", wanted, available),
        {.fix = "ask for fewer cores, or for a larger grid"});
}

CoreRangeSet whole_grid(CoreCoord size) {
    if (size.x == 0 || size.y == 0) return {};
    return CoreRangeSet(CoreRange({0, 0}, {size.x - 1, size.y - 1}));
}

}  // namespace

WorkSplit split_work_to_cores(CoreCoord grid_size, uint64_t units, bool row_wise) {
    return split_work_to_cores(whole_grid(grid_size), units, row_wise);
}

WorkSplit split_work_to_cores(const CoreRangeSet& core_grid, uint64_t units, bool row_wise) {
    WorkSplit split;
    if (units == 0) return split;
    const uint32_t available = core_grid.num_cores();
    if (available == 0) raise_host("too-few-cores", "Core grid must contain at least one core");
    split.num_cores = uint32_t(std::min<uint64_t>(units, available));
    split.all_cores = units >= available ? core_grid : slice(core_grid, 0, split.num_cores, row_wise);
    const uint64_t share = units / split.num_cores;
    const uint32_t with_one_more = uint32_t(units % split.num_cores);
    if (share >= UINT32_MAX) {
        raise_host("too-much-work",
                   fmt::format("{} units over {} cores are more than 2^32 units for each", units, split.num_cores));
    }
    if (with_one_more == 0) {
        split.core_group_1 = split.all_cores;
        split.units_per_core_group_1 = uint32_t(share);
    } else {
        split.core_group_1 = slice(core_grid, 0, with_one_more, row_wise);
        split.core_group_2 = slice(core_grid, with_one_more, split.num_cores - with_one_more, row_wise);
        split.units_per_core_group_1 = uint32_t(share) + 1;
        split.units_per_core_group_2 = uint32_t(share);
    }
    return split;
}

CoreRangeSet num_cores_to_corerangeset(uint32_t target_num_cores, CoreCoord grid_size, bool row_wise) {
    check_enough(target_num_cores, grid_size.x * grid_size.y);
    return slice(whole_grid(grid_size), 0, target_num_cores, row_wise);
}

CoreRangeSet num_cores_to_corerangeset(CoreCoord start, uint32_t target_num_cores, CoreCoord grid_size, bool row_wise) {
    if (start.x >= grid_size.x || start.y >= grid_size.y) {
        raise_host("core-outside-grid", "Start core must be within grid size",
                   {.why = fmt::format("core {} in a grid of {}x{}", start.str(), grid_size.x, grid_size.y)});
    }
    const CoreRangeSet grid = whole_grid(grid_size);
    const uint32_t first = index_in(grid.ranges().front(), start, row_wise);
    check_enough(target_num_cores, grid.num_cores() - first);
    return slice(grid, first, target_num_cores, row_wise);
}

CoreRangeSet num_cores_to_corerangeset_in_subcoregrids(CoreCoord start, uint32_t target_num_cores,
                                                       const CoreRangeSet& sub_core_grids, bool row_wise) {
    if (target_num_cores == 0) raise_host("too-few-cores", "Target number of cores must be greater than 0");
    uint32_t first = 0;
    bool found = false;
    for (const CoreRange& range : sub_core_grids.ranges()) {
        if (range.contains(start)) {
            first += index_in(range, start, row_wise);
            found = true;
            break;
        }
        first += range.size();
    }
    if (!found) {
        raise_host("core-outside-grid", "Start core must be inside sub_core_grids",
                   {.why = fmt::format("core {} is not in {}", start.str(), sub_core_grids.str())});
    }
    check_enough(target_num_cores, sub_core_grids.num_cores() - first);
    return slice(sub_core_grids, first, target_num_cores, row_wise);
}

std::vector<CoreCoord> grid_to_cores(uint32_t num_cores, uint32_t grid_size_x, uint32_t grid_size_y, bool row_wise) {
    const uint32_t line = row_wise ? grid_size_x : grid_size_y;
    if (line == 0 && num_cores > 0) {
        raise_host("empty-core-set",
                   fmt::format("Number of cores {} exceeds grid size {}x{}", num_cores, grid_size_x, grid_size_y));
    }
    std::vector<CoreCoord> cores(num_cores);
    for (uint32_t i = 0; i < num_cores; ++i)
        cores[i] = row_wise ? CoreCoord{i % line, i / line} : CoreCoord{i / line, i % line};
    return cores;
}

std::vector<CoreCoord> grid_to_cores(CoreCoord start, CoreCoord end, bool row_wise) {
    return corerange_to_cores(CoreRangeSet(CoreRange(start, end)), std::nullopt, row_wise);
}

}  // namespace tw
