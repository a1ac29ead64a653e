#include "device/core_coord.h"

#include "base/error.h"
#include "golden_host.h"

#include <doctest/doctest.h>

using namespace tw;

TEST_CASE("core range sets merge, subtract and contain as upstream, with the ranges in upstream's order") {
    for (const char* board : golden::kBoards) {
        for (const auto& c : golden::host(board)["core_range_set"]) {
            const CoreRangeSet a = golden::range_set(c["a"]), b = golden::range_set(c["b"]);
            CHECK(a.merge(b) == golden::range_set(c["merge"]));
            CHECK(a.subtract(b) == golden::range_set(c["subtract"]));
            CHECK(a.contains(b) == c["contains"].get<bool>());
            CHECK(a.num_cores() == c["num_a"].get<uint32_t>());
            CHECK(a.bounding_box() == golden::range(c["bbox"]));
        }
    }
}

TEST_CASE("cores and their sets print as upstream") {
    CHECK(CoreCoord{1, 2}.str() == "1-2");
    CHECK(CoreRange({0, 0}, {1, 2}).str() == "[0-0 - 1-2]");
    CHECK(CoreRangeSet({CoreRange({0, 0}, {1, 2}), CoreRange({3, 3}, {4, 4})}).str() == "{[0-0 - 1-2], [3-3 - 4-4]}");
    CHECK(CoreRangeSet().str() == "{}");
}

TEST_CASE("bad ranges are refused in upstream's words") {
    CHECK_THROWS_WITH_AS(CoreRange({2, 2}, {1, 1}),
                         doctest::Contains("Invalid core range for start_coord: 2-2, end_coord: 1-1"), Error);
    CHECK_THROWS_WITH_AS(
        CoreRangeSet({CoreRange({0, 0}, {1, 2}), CoreRange({1, 1}, {4, 4})}),
        doctest::Contains("Cannot create CoreRangeSet with specified core ranges because core ranges [0-0 - 1-2] and "
                          "[1-1 - 4-4] overlap!"),
        Error);
    CHECK_THROWS_WITH_AS(CoreRangeSet().bounding_box(),
                         doctest::Contains("Cannot get bounding_box of an empty CoreRangeSet!"), Error);
}

TEST_CASE("cores of a set are listed range by range, column by column unless row_wise") {
    const CoreRangeSet set({CoreRange({0, 0}, {1, 1}), CoreRange({5, 5}, {5, 5})});
    using Cores = std::vector<CoreCoord>;
    CHECK(corerange_to_cores(set) == Cores{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {5, 5}});
    CHECK(corerange_to_cores(set, 3, true) == Cores{{0, 0}, {1, 0}, {0, 1}});
    CHECK(corerange_to_cores(set, 0).empty());
}

TEST_CASE("a set as tall as a typing error neither hangs nor fills memory") {
    const CoreRangeSet tall(CoreRange({0, 0}, {0, 4000000000u}));
    CHECK(tall.merge(CoreRangeSet(CoreRange({0, 5}, {3, 5}))).size() == 3);
    CHECK_THROWS_AS(corerange_to_cores(tall), Error);
}
