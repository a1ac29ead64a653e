// Cores of a device by their logical place in its grid, sets of them, and how work is dealt to them.
#pragma once

#include <cstdint>
#include <vector>

namespace tilewright {

/// Column x and row y of the worker grid, from 0.
struct CoreCoord {
    std::uint32_t x = 0, y = 0;
    bool operator==(const CoreCoord&) const = default;
};

/// A rectangle of cores, both corners included. Where one is used, an inverted one is HostError.
struct CoreRange {
    CoreCoord start, end;
    bool operator==(const CoreRange&) const = default;
};

/// Rectangles in the order given. Where a set is used, overlapping rectangles are HostError.
struct CoreRangeSet {
    std::vector<CoreRange> ranges;
    bool operator==(const CoreRangeSet&) const = default;
};

/// Is the core in one of the set's rectangles?
bool contains(const CoreRangeSet& set, CoreCoord core);

/// The cores of a set, rectangle by rectangle; inside one column by column, or row by row when `row_wise`.
/// Errors: HostError for inverted or overlapping rectangles.
std::vector<CoreCoord> cores_of(const CoreRangeSet& set, bool row_wise = false);

/// How `split_work_to_cores` deals units out: group 1 has one unit a core more than group 2, which is empty if they divide
/// evenly.
struct WorkSplit {
    CoreRangeSet all_cores, core_group_1, core_group_2;
    std::uint32_t num_cores = 0;
    std::uint32_t units_per_core_group_1 = 0, units_per_core_group_2 = 0;
};

/// Deals `units` (tiles, rows, blocks: any unit) to as many cores of a grid as there are units, at most all of them, in the
/// order of ttnn's function of this name: down the columns, or along the rows when `row_wise`. No units: no cores. `grid`
/// is columns and rows, as `Device::grid()` gives them. Errors: none.
WorkSplit split_work_to_cores(CoreCoord grid, std::uint64_t units, bool row_wise = false);

}  // namespace tilewright
