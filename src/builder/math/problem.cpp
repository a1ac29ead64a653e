#include "builder/math/problem.h"

#include "base/nearest.h"

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
    return tw::nearest(word, words);
}

}  // namespace tw::builder
