#include "device/core_coord.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw {

namespace {

constexpr uint64_t kMaxListedCores = 1 << 20;  // far above any grid; a list of more is a user's slip

}  // namespace

std::string CoreCoord::str() const {
    return fmt::format("{}-{}", x, y);
}

CoreRange::CoreRange(CoreCoord start, CoreCoord end) : start(start), end(end) {
    if (end.x < start.x || end.y < start.y) {
        raise_host("core-range-inverted",
                   fmt::format("Invalid core range for start_coord: {}, end_coord: {}", start.str(), end.str()),
                   {.why = "start is the upper left core, end the lower right one, both inclusive",
                    .fix = fmt::format("write CoreRange({}, {})",
                                       CoreCoord{std::min(start.x, end.x), std::min(start.y, end.y)}.str(),
                                       CoreCoord{std::max(start.x, end.x), std::max(start.y, end.y)}.str())});
    }
}

bool CoreRange::contains(CoreCoord c) const {
    return c.x >= start.x && c.x <= end.x && c.y >= start.y && c.y <= end.y;
}

bool CoreRange::contains(const CoreRange& other) const {
    return contains(other.start) && contains(other.end);
}

std::optional<CoreRange> CoreRange::intersection(const CoreRange& other) const {
    const CoreCoord low{std::max(start.x, other.start.x), std::max(start.y, other.start.y)};
    const CoreCoord high{std::min(end.x, other.end.x), std::min(end.y, other.end.y)};
    if (low.x > high.x || low.y > high.y) return std::nullopt;
    return CoreRange(low, high);
}

std::string CoreRange::str() const {
    return fmt::format("[{} - {}]", start.str(), end.str());
}

CoreRangeSet::CoreRangeSet(std::vector<CoreRange> ranges) : ranges_(std::move(ranges)) {
    for (size_t i = 0; i < ranges_.size(); ++i) {
        for (size_t j = i + 1; j < ranges_.size(); ++j) {
            if (!ranges_[i].intersection(ranges_[j])) continue;
            raise_host(
                "core-ranges-overlap",
                fmt::format("Cannot create CoreRangeSet with specified core ranges because core ranges {} and {} overlap!",
                            ranges_[i].str(), ranges_[j].str()),
                {.fix = "give ranges that share no core, or join them with merge()"});
        }
    }
}

uint32_t CoreRangeSet::num_cores() const {
    uint32_t count = 0;
    for (const CoreRange& range : ranges_) count += range.size();
    return count;
}

CoreRange CoreRangeSet::bounding_box() const {
    if (ranges_.empty()) raise_host("empty-core-set", "Cannot get bounding_box of an empty CoreRangeSet!");
    CoreCoord low = ranges_.front().start, high = ranges_.front().end;
    for (const CoreRange& range : ranges_) {
        low = {std::min(low.x, range.start.x), std::min(low.y, range.start.y)};
        high = {std::max(high.x, range.end.x), std::max(high.y, range.end.y)};
    }
    return {low, high};
}

bool CoreRangeSet::contains(CoreCoord core) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const CoreRange& range) { return range.contains(core); });
}

// The ranges of a set share no core, so counting the cores met is enough.
bool CoreRangeSet::contains(const CoreRange& other) const {
    uint32_t found = 0;
    for (const CoreRange& range : ranges_) {
        if (const auto common = range.intersection(other)) found += common->size();
    }
    return found == other.size();
}

bool CoreRangeSet::contains(const CoreRangeSet& other) const {
    return std::all_of(other.ranges_.begin(), other.ranges_.end(), [&](const CoreRange& range) { return contains(range); });
}

bool CoreRangeSet::intersects(const CoreRangeSet& other) const {
    for (const CoreRange& a : ranges_) {
        for (const CoreRange& b : other.ranges_) {
            if (a.intersection(b)) return true;
        }
    }
    return false;
}

CoreRangeSet CoreRangeSet::intersection(const CoreRangeSet& other) const {
    CoreRangeSet result;
    for (const CoreRange& a : ranges_) {
        for (const CoreRange& b : other.ranges_) {
            if (const auto common = a.intersection(b)) result.ranges_.push_back(*common);
        }
    }
    return result;
}

// Upstream's normal form: the union as unbroken runs of each row; a run goes on in the next row only when it has the very
// same columns there; sorted by start (golden core_range_set).
CoreRangeSet CoreRangeSet::merge(const CoreRangeSet& other) const {
    CoreRangeSet all;
    all.ranges_ = ranges_;
    all.ranges_.insert(all.ranges_.end(), other.ranges_.begin(), other.ranges_.end());
    if (all.ranges_.empty()) return all;
    // Band by band of rows in which nothing begins or ends: a set may be as tall as a user's typing error.
    std::vector<uint64_t> edges;
    for (const CoreRange& range : all.ranges_) {
        edges.push_back(range.start.y);
        edges.push_back(uint64_t{range.end.y} + 1);
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());

    CoreRangeSet result;
    std::vector<CoreRange> open;  // runs that reach the band above
    std::vector<std::pair<uint32_t, uint32_t>> spans;
    for (size_t band = 0; band + 1 < edges.size(); ++band) {
        const auto top = uint32_t(edges[band]), bottom = uint32_t(edges[band + 1] - 1);
        spans.clear();
        for (const CoreRange& range : all.ranges_) {
            if (top >= range.start.y && top <= range.end.y) spans.emplace_back(range.start.x, range.end.x);
        }
        std::sort(spans.begin(), spans.end());
        std::vector<CoreRange> current;
        for (size_t i = 0; i < spans.size();) {
            auto [first, last] = spans[i];
            for (++i; i < spans.size() && spans[i].first <= uint64_t{last} + 1; ++i) last = std::max(last, spans[i].second);
            CoreRange run({first, top}, {last, bottom});
            const auto above = std::find_if(open.begin(), open.end(), [&](const CoreRange& candidate) {
                return candidate.start.x == run.start.x && candidate.end.x == run.end.x;
            });
            if (above != open.end()) {
                run.start.y = above->start.y;
                open.erase(above);
            }
            current.push_back(run);
        }
        result.ranges_.insert(result.ranges_.end(), open.begin(), open.end());
        open = std::move(current);
    }
    result.ranges_.insert(result.ranges_.end(), open.begin(), open.end());
    std::sort(result.ranges_.begin(), result.ranges_.end(),
              [](const CoreRange& a, const CoreRange& b) { return a.start < b.start; });
    return result;
}

// Order as upstream's: both sets in normal form first; what is left of a range around a hole is listed left of it, right of
// it (full height), then above and below (golden core_range_set).
CoreRangeSet CoreRangeSet::subtract(const CoreRangeSet& other) const {
    CoreRangeSet left = size() > 1 ? merge({}) : *this;
    const CoreRangeSet holes = other.size() > 1 ? other.merge({}) : other;
    for (const CoreRange& hole : holes.ranges_) {
        std::vector<CoreRange> next;
        for (const CoreRange& range : left.ranges_) {
            const auto common = range.intersection(hole);
            if (!common) {
                next.push_back(range);
                continue;
            }
            const auto [low, high] = *common;
            if (low.x > range.start.x) next.emplace_back(range.start, CoreCoord{low.x - 1, range.end.y});
            if (high.x < range.end.x) next.emplace_back(CoreCoord{high.x + 1, range.start.y}, range.end);
            if (low.y > range.start.y) next.emplace_back(CoreCoord{low.x, range.start.y}, CoreCoord{high.x, low.y - 1});
            if (high.y < range.end.y) next.emplace_back(CoreCoord{low.x, high.y + 1}, CoreCoord{high.x, range.end.y});
        }
        left.ranges_ = std::move(next);
    }
    return left;
}

std::string CoreRangeSet::str() const {
    std::string out = "{";
    for (const CoreRange& range : ranges_) out += (out.size() > 1 ? ", " : "") + range.str();
    return out + "}";
}

std::vector<CoreCoord> corerange_to_cores(const CoreRangeSet& set, std::optional<uint32_t> max_cores, bool row_wise) {
    std::vector<CoreCoord> cores;
    uint64_t total = 0;
    for (const CoreRange& range : set.ranges()) {
        total += (uint64_t{range.end.x} - range.start.x + 1) * (uint64_t{range.end.y} - range.start.y + 1);
    }
    const uint64_t limit = std::min<uint64_t>(max_cores.value_or(UINT32_MAX), total);
    if (limit > kMaxListedCores) {
        raise_host("core-outside-grid", fmt::format("{} holds {} cores, more than any chip has", set.str(), total));
    }
    cores.reserve(limit);
    for (const CoreRange& range : set.ranges()) {
        const auto [width, height] = range.grid_size();
        for (uint32_t i = 0; i < range.size() && cores.size() < limit; ++i) {
            const CoreCoord offset = row_wise ? CoreCoord{i % width, i / width} : CoreCoord{i / height, i % height};
            cores.push_back({range.start.x + offset.x, range.start.y + offset.y});
        }
    }
    return cores;
}

}  // namespace tw
