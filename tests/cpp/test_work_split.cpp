#include "device/work_split.h"

#include "base/error.h"
#include "golden_host.h"

#include <doctest/doctest.h>

using namespace tw;

TEST_CASE("split_work_to_cores deals as upstream for grids and for core range sets") {
    for (const char* board : golden::kBoards) {
        for (const auto& c : golden::host(board)["split_work_to_cores"]) {
            CAPTURE(c.dump());
            const uint64_t units = c["units"];
            const bool row_wise = c["row_wise"];
            const WorkSplit split = c.contains("grid")
                                        ? split_work_to_cores(CoreCoord{c["grid"][0], c["grid"][1]}, units, row_wise)
                                        : split_work_to_cores(golden::range_set(c["ranges"]), units, row_wise);
            const auto& out = c["out"];
            CHECK(split.num_cores == out[0].get<uint32_t>());
            CHECK(split.all_cores == golden::range_set(out[1]));
            CHECK(split.core_group_1 == golden::range_set(out[2]));
            CHECK(split.core_group_2 == golden::range_set(out[3]));
            CHECK(split.units_per_core_group_1 == out[4].get<uint32_t>());
            CHECK(split.units_per_core_group_2 == out[5].get<uint32_t>());
        }
    }
}

TEST_CASE("num_cores_to_corerangeset gives upstream's ranges") {
    for (const char* board : golden::kBoards) {
        for (const auto& c : golden::host(board)["num_cores_to_corerangeset"]) {
            CAPTURE(c.dump());
            CHECK(num_cores_to_corerangeset(c["n"], CoreCoord{c["grid"][0], c["grid"][1]}, c["row_wise"]) ==
                  golden::range_set(c["out"]));
        }
    }
    CHECK(num_cores_to_corerangeset(16, {8, 8}, true).str() == "{[0-0 - 7-1]}");
    CHECK(num_cores_to_corerangeset(0, {8, 8}).empty());
    CHECK_THROWS_WITH_AS(num_cores_to_corerangeset(65, {8, 8}),
                         doctest::Contains("Target number of cores 65 is greater than total number of available cores 64"),
                         Error);
}

TEST_CASE("cores are taken from sub core grids in their order, from the start core on") {
    const CoreRangeSet grids({CoreRange({0, 0}, {3, 0}), CoreRange({0, 2}, {3, 2})});
    CHECK(num_cores_to_corerangeset_in_subcoregrids({2, 0}, 3, grids, true).str() == "{[2-0 - 3-0], [0-2 - 0-2]}");
    CHECK_THROWS_WITH_AS(num_cores_to_corerangeset_in_subcoregrids({0, 0}, 0, grids),
                         doctest::Contains("Target number of cores must be greater than 0"), Error);
    CHECK_THROWS_WITH_AS(num_cores_to_corerangeset_in_subcoregrids({5, 5}, 1, grids),
                         doctest::Contains("Start core must be inside sub_core_grids"), Error);
    CHECK_THROWS_AS(num_cores_to_corerangeset_in_subcoregrids({2, 0}, 7, grids), Error);
}

TEST_CASE("grid_to_cores runs past the grid as upstream does") {
    using Cores = std::vector<CoreCoord>;
    CHECK(grid_to_cores(3, 2, 2) == Cores{{0, 0}, {0, 1}, {1, 0}});
    CHECK(grid_to_cores(3, 1, 2, true) == Cores{{0, 0}, {0, 1}, {0, 2}});
    CHECK(grid_to_cores({1, 1}, {2, 2}, true) == Cores{{1, 1}, {2, 1}, {1, 2}, {2, 2}});
    CHECK_THROWS_AS(grid_to_cores(1, 0, 0), Error);
    CHECK_THROWS_AS(split_work_to_cores(CoreRangeSet(), 4), Error);
}
