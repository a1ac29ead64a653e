// How many runtime args a kernel's text reads, where it says so by numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tw::jit {

struct ArgUses {
    bool by_numbers = true;  // each use has a number for its index
    uint32_t count = 0;      // one more than the largest
};
ArgUses arg_uses(std::string_view text);

}  // namespace tw::jit
