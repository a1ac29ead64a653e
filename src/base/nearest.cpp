#include "base/nearest.h"

#include <algorithm>
#include <vector>

namespace tw {
namespace {

constexpr size_t kLongestWord = 64;  // beyond that it is no slip of the pen, and the table would grow

// Edit distance in which two swapped letters count as one slip.
size_t distance(std::string_view a, std::string_view b) {
    const size_t n = a.size(), m = b.size();
    std::vector<size_t> table((n + 1) * (m + 1));
    const auto at = [&](size_t i, size_t j) -> size_t& { return table[i * (m + 1) + j]; };
    for (size_t i = 0; i <= n; ++i) {
        for (size_t j = 0; j <= m; ++j) {
            if (i == 0 || j == 0) {
                at(i, j) = i + j;
                continue;
            }
            at(i, j) = std::min({at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1), at(i - 1, j) + 1, at(i, j - 1) + 1});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
        }
    }
    return at(n, m);
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string_view> words) {
    std::string best;
    if (word.size() > kLongestWord) return best;
    size_t best_distance = 1 + word.size() / 3;
    for (const std::string_view candidate : words) {
        if (candidate.size() > kLongestWord) continue;
        if (const size_t slips = distance(word, candidate); slips < best_distance) {
            best_distance = slips;
            best = candidate;
        }
    }
    return best;
}

}  // namespace tw
