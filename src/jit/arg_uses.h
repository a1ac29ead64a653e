// Which runtime args a kernel's text reads, where it says so by numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::jit {

struct ArgRead {
    uint32_t index = 0, line = 0;
    uint32_t scope = 0;  // of two reads in the same braces this is the same
    std::string name;    // of the variable that is made of it; "": none
    std::string file;    // as messages name it
};

struct ArgUses {
    bool by_numbers = true;  // each use has a number for its index
    uint32_t count = 0;      // one more than the largest
    std::vector<ArgRead> reads;
};
ArgUses arg_uses(std::string_view text);

}  // namespace tw::jit
