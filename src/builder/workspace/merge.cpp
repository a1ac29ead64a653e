#include "builder/workspace/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tw::builder {

namespace {

using Lines = std::vector<std::string_view>;

// With their line ends, so that a missing last one counts.
Lines lines_of(std::string_view text) {
    Lines lines;
    for (size_t start = 0; start < text.size();) {
        const size_t end = text.find('\n', start);
        const size_t stop = end == std::string_view::npos ? text.size() : end + 1;
        lines.push_back(text.substr(start, stop - start));
        start = stop;
    }
    return lines;
}

// Lines [a, a + a_count) became lines [b, b + b_count).
struct Change {
    size_t a, a_count, b, b_count;
};

constexpr size_t kMaxCells = 16 << 20;  // of the table below: 4000 changed lines on each side

std::vector<Change> changes_between(const Lines& a, const Lines& b) {
    size_t head = 0, tail = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
    while (tail + head < a.size() && tail + head < b.size() && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    const size_t n = a.size() - head - tail, m = b.size() - head - tail;
    if (n == 0 && m == 0) return {};
    if (n == 0 || m == 0 || n * m > kMaxCells) return {{head, n, head, m}};
    // Longest common subsequence from the back, so that the walk goes forward.
    std::vector<uint16_t> longest((n + 1) * (m + 1), 0);
    const auto at = [&](size_t i, size_t j) -> uint16_t& { return longest[i * (m + 1) + j]; };
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            at(i, j) = a[head + i] == b[head + j] ? static_cast<uint16_t>(at(i + 1, j + 1) + 1)
                                                  : std::max(at(i + 1, j), at(i, j + 1));
        }
    }
    std::vector<Change> changes;
    size_t i = 0, j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && a[head + i] == b[head + j]) {
            ++i, ++j;
            continue;
        }
        Change change{head + i, 0, head + j, 0};
        while ((i < n || j < m) && !(i < n && j < m && a[head + i] == b[head + j])) {
            if (j == m || (i < n && at(i + 1, j) >= at(i, j + 1)))
                ++i, ++change.a_count;
            else
                ++j, ++change.b_count;
        }
        changes.push_back(change);
    }
    return changes;
}

void append(std::string& out, const Lines& lines, size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) out += lines[i];
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name_before,
                         std::string_view name_after) {
    constexpr size_t kContext = 3;
    const Lines a = lines_of(before), b = lines_of(after);
    const std::vector<Change> changes = changes_between(a, b);
    if (changes.empty()) return "";
    std::string out = fmt::format("--- {}\n+++ {}\n", name_before, name_after);
    const auto line = [&](char mark, std::string_view text) {
        out += mark;
        out += text;
        if (text.empty() || text.back() != '\n') out += "\n\\ No newline at end of file\n";
    };
    for (size_t first = 0; first < changes.size();) {
        size_t last = first;
        while (last + 1 < changes.size() && changes[last + 1].a - (changes[last].a + changes[last].a_count) <= 2 * kContext)
            ++last;
        const size_t start = changes[first].a - std::min(changes[first].a, kContext);
        const size_t stop = std::min(a.size(), changes[last].a + changes[last].a_count + kContext);
        const size_t b_start = changes[first].b - (changes[first].a - start);
        const size_t b_stop = changes[last].b + changes[last].b_count + (stop - changes[last].a - changes[last].a_count);
        // An empty side is numbered by the line in front of it.
        out += fmt::format("@@ -{},{} +{},{} @@\n", start + (stop > start), stop - start, b_start + (b_stop > b_start),
                           b_stop - b_start);
        size_t at = start;
        for (size_t k = first; k <= last; ++k) {
            for (; at < changes[k].a; ++at) line(' ', a[at]);
            for (size_t i = 0; i < changes[k].a_count; ++i) line('-', a[at++]);
            for (size_t i = 0; i < changes[k].b_count; ++i) line('+', b[changes[k].b + i]);
        }
        for (; at < stop; ++at) line(' ', a[at]);
        first = last + 1;
    }
    return out;
}

std::optional<std::string> merge(std::string_view base_text, std::string_view mine_text, std::string_view theirs_text) {
    const Lines base = lines_of(base_text), mine = lines_of(mine_text), theirs = lines_of(theirs_text);
    const std::vector<Change> my = changes_between(base, mine), their = changes_between(base, theirs);
    std::string out;
    size_t at = 0, i = 0, j = 0;
    while (i < my.size() || j < their.size()) {
        // Touching changes are taken as overlapping: which of two insertions at one place comes first is not ours to say.
        const bool mine_first = j == their.size() || (i < my.size() && my[i].a + my[i].a_count < their[j].a);
        const bool theirs_first = i == my.size() || (j < their.size() && their[j].a + their[j].a_count < my[i].a);
        if (mine_first || theirs_first) {
            const Change& change = mine_first ? my[i++] : their[j++];
            append(out, base, at, change.a);
            const Lines& from = mine_first ? mine : theirs;
            append(out, from, change.b, change.b + change.b_count);
            at = change.a + change.a_count;
            continue;
        }
        const Change &a = my[i], &b = their[j];
        const bool same = a.a == b.a && a.a_count == b.a_count && a.b_count == b.b_count &&
                          std::equal(mine.begin() + static_cast<std::ptrdiff_t>(a.b),
                                     mine.begin() + static_cast<std::ptrdiff_t>(a.b + a.b_count),
                                     theirs.begin() + static_cast<std::ptrdiff_t>(b.b));
        if (!same) return std::nullopt;
        append(out, base, at, a.a);
        append(out, mine, a.b, a.b + a.b_count);
        at = a.a + a.a_count;
        ++i, ++j;
    }
    append(out, base, at, base.size());
    return out;
}

}  // namespace tw::builder
