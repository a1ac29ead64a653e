// "Did you mean ...?": the known word that a misspelt one is nearest to.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tw {

// The word nearest to `word`, when it is near enough to be a slip of the pen; else "".
std::string nearest(std::string_view word, std::span<const std::string_view> words);

}  // namespace tw
