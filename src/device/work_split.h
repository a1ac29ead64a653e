// Dealing units of work to cores (docs/upstream-api.md H2.2): the same cores in the same order as upstream, since users'
// runtime args and expected outputs depend on them.
#pragma once

#include "device/core_coord.h"

#include <cstdint>
#include <vector>

namespace tw {

struct WorkSplit {
    uint32_t num_cores = 0;
    CoreRangeSet all_cores, core_group_1, core_group_2;
    uint32_t units_per_core_group_1 = 0, units_per_core_group_2 = 0;
};

WorkSplit split_work_to_cores(CoreCoord grid_size, uint64_t units, bool row_wise = false);
WorkSplit split_work_to_cores(const CoreRangeSet& core_grid, uint64_t units, bool row_wise = false);

// At most three ranges: the rest of the first line, full lines, the begin of the last. `start` as in the C++ overload.
CoreRangeSet num_cores_to_corerangeset(uint32_t target_num_cores, CoreCoord grid_size, bool row_wise = false);
CoreRangeSet num_cores_to_corerangeset(CoreCoord start, uint32_t target_num_cores, CoreCoord grid_size,
                                       bool row_wise = false);
// Walks the ranges in their order from the one that holds `start`.
CoreRangeSet num_cores_to_corerangeset_in_subcoregrids(CoreCoord start, uint32_t target_num_cores,
                                                       const CoreRangeSet& sub_core_grids, bool row_wise = false);

// Runs past the grid when num_cores does not fit, as upstream does.
std::vector<CoreCoord> grid_to_cores(uint32_t num_cores, uint32_t grid_size_x, uint32_t grid_size_y, bool row_wise = false);
std::vector<CoreCoord> grid_to_cores(CoreCoord start, CoreCoord end, bool row_wise = false);  // both inclusive

}  // namespace tw
