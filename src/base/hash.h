// 128-bit content hashes (xxHash 3), for cache keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tw {

class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher& add(std::string_view bytes);  // length-prefixed, so that ("ab", "c") and ("a", "bc") differ
    Hasher& add(uint64_t value);
    std::string hex() const;  // 32 lower-case digits
    uint64_t low64() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tw
