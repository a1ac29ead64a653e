#include "builder/math/problem.h"

#include <algorithm>
#include <utility>

namespace tw::builder {

void problem(std::vector<Problem>& problems, Where where, std::string key, std::string code, std::string what,
             std::string why, std::string fix) {
    problems.push_back({where, std::move(key), std::move(code), std::move(what), std::move(why), std::move(fix)});
}

std::string joined(std::span<const std::string_view> words) {
    std::string out;
    for (std::string_view word : words) {
        out += out.empty() ? "" : ", ";
        out += word;
    }
    return out;
}

std::string nearest(std::string_view word, std::span<const std::string_view> words) {
    std::string best;
    if (word.size() > 64) return best;
    size_t best_distance = 1 + word.size() / 3;
    for (std::string_view candidate : words) {
        // Edit distance in which two swapped letters count as one slip.
        const size_t n = word.size(), m = candidate.size();
        std::vector<size_t> table((n + 1) * (m + 1));
        const auto at = [&](size_t i, size_t j) -> size_t& { return table[i * (m + 1) + j]; };
        for (size_t i = 0; i <= n; ++i) {
            for (size_t j = 0; j <= m; ++j) {
                if (i == 0 || j == 0) {
                    at(i, j) = i + j;
                    continue;
                }
                at(i, j) = std::min(
                    {at(i - 1, j - 1) + (word[i - 1] == candidate[j - 1] ? 0 : 1), at(i - 1, j) + 1, at(i, j - 1) + 1});
                const bool swapped = i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1];
                if (swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
            }
        }
        if (at(n, m) < best_distance) {
            best_distance = at(n, m);
            best = candidate;
        }
    }
    return best;
}

}  // namespace tw::builder
