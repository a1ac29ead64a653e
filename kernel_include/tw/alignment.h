// Rounding up.
#pragma once

#include <bit>
#include <cstdint>

constexpr uint32_t align(uint32_t addr, uint32_t alignment) {
    const uint32_t past = addr % alignment;
    return past == 0 ? addr : addr - past + alignment;
}
constexpr uint32_t align_power_of_2(uint32_t addr, uint32_t alignment) {
    return (addr + alignment - 1) & -alignment;
}
constexpr bool is_power_of_2(uint32_t n) {
    return std::has_single_bit(n);
}
