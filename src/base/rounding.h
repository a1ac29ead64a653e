// How many units a size takes, and the size of those units: the arithmetic of pages, shards and alignments.
#pragma once

#include <cstdint>

namespace tw {

constexpr uint64_t ceil_div(uint64_t value, uint64_t unit) {
    return value / unit + (value % unit != 0);
}

constexpr uint64_t round_up(uint64_t value, uint64_t unit) {
    return ceil_div(value, unit) * unit;
}

}  // namespace tw
