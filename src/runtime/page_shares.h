// Which core took which pages of a tensor. Where each takes a share of its own and one core's share begins too early or too
// late, some pages are taken twice and as many by nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace tw::runtime {

struct ShiftedShare {
    uint8_t core = 0;                        // its number (ledger::Tensor)
    uint64_t first = 0, last = 0;            // pages that it took
    uint64_t left_first = 0, left_last = 0;  // that the others leave
};

// `by`: for each page the number of the core that took it, ledger::Tensor::kSeveral, 0: nobody.
std::optional<ShiftedShare> find_shifted_share(std::span<const uint8_t> by);

}  // namespace tw::runtime
