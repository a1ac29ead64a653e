// Cores and sets of cores: logical (x, y) positions in the worker grid, inclusive rectangles, and sets of rectangles that
// keep the order in which they were given (docs/upstream-api.md H2.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tw {

struct CoreCoord {
    uint32_t x = 0, y = 0;
    bool operator==(const CoreCoord&) const = default;
    auto operator<=>(const CoreCoord&) const = default;
    std::string str() const;  // "1-2"
};

struct CoreRange {
    CoreCoord start, end;                       // both inclusive
    CoreRange(CoreCoord start, CoreCoord end);  // raises when inverted
    explicit CoreRange(CoreCoord one) : start(one), end(one) {}
    bool operator==(const CoreRange&) const = default;
    CoreCoord grid_size() const { return {end.x - start.x + 1, end.y - start.y + 1}; }
    uint32_t size() const { return grid_size().x * grid_size().y; }
    bool contains(CoreCoord) const;
    bool contains(const CoreRange&) const;
    std::optional<CoreRange> intersection(const CoreRange&) const;
    std::string str() const;  // "[0-0 - 1-2]"
};

class CoreRangeSet {
public:
    CoreRangeSet() = default;
    explicit CoreRangeSet(std::vector<CoreRange> ranges);  // raises when two overlap
    explicit CoreRangeSet(CoreRange range) : ranges_{range} {}

    const std::vector<CoreRange>& ranges() const { return ranges_; }
    bool empty() const { return ranges_.empty(); }
    size_t size() const { return ranges_.size(); }
    uint32_t num_cores() const;
    CoreRange bounding_box() const;
    bool contains(CoreCoord) const;
    bool contains(const CoreRange&) const;
    bool contains(const CoreRangeSet&) const;
    bool intersects(const CoreRangeSet&) const;
    CoreRangeSet intersection(const CoreRangeSet&) const;
    CoreRangeSet merge(const CoreRangeSet&) const;
    CoreRangeSet subtract(const CoreRangeSet&) const;
    bool operator==(const CoreRangeSet&) const = default;
    std::string str() const;  // "{[0-0 - 1-2], [3-3 - 4-4]}"

private:
    std::vector<CoreRange> ranges_;
};

// Range by range; inside a range column by column, or row by row when row_wise.
std::vector<CoreCoord> corerange_to_cores(const CoreRangeSet&, std::optional<uint32_t> max_cores = {},
                                          bool row_wise = false);

}  // namespace tw

template <>
struct std::hash<tw::CoreCoord> {
    size_t operator()(tw::CoreCoord c) const noexcept { return (size_t{c.x} << 32 | c.y) * 0x9e3779b97f4a7c15ull; }
};
