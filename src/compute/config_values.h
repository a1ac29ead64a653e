// The values of tw/compute_config.def. Operations are so far apart that a word may be added which says more of one.
#pragma once

#include "tw/abi_compute.h"

#include <cstdint>

namespace tw::compute::config_values {

constexpr uint32_t Unknown = 0, Any = 0xffffffffu;
constexpr uint32_t Off = 1, Plain = 1, Done = 1, Straight = 1, Turned = 16;
constexpr uint32_t Step2 = 2, Step16 = 16, Step32 = 32, Stepsfpi = 3;
constexpr uint32_t Masked = 2;  // + dimension

constexpr uint32_t operation(uint32_t number) {
    return number << 20;
}
constexpr uint32_t Copy = TW_CONFIG_COPY, TurnDest = TW_CONFIG_TURN_DST;
constexpr uint32_t CopyExpanded = operation(3), Binary = operation(4), Operands = operation(5), Reuse = operation(6);
constexpr uint32_t Matmul = operation(7), Reduce = operation(8), Tilize = operation(9), FastTilize = operation(10);
constexpr uint32_t TilizeOperands = operation(11), Untilize = operation(12), FastUntilize = operation(13);
constexpr uint32_t Tilizing = operation(14), FastTilizing = operation(15), TilizingOperands = operation(16);
constexpr uint32_t Untilizing = operation(17);
constexpr uint32_t Pack = operation(18), PackTilized = operation(19), PackUntilized = operation(20);
constexpr uint32_t PackFastTilized = operation(21), PackFastUntilized = operation(22);

// Constants that the named init loads; functions whose inits load the same ones carry one name.
constexpr uint32_t constants_of(const char* name) {
    uint32_t hash = 2166136261u;
    for (; *name; ++name) hash = (hash ^ static_cast<uint8_t>(*name)) * 16777619u;
    return (hash | 0x80000000u) & ~1u;
}

}  // namespace tw::compute::config_values
