// What the runtime keeps in a core's L1 below the first address that programs may use, where silicon has its firmware and
// kernel configuration (docs/hardware.md 1.4). The first page stays unused: a kernel that takes 0 for an address must not
// find anything.
#pragma once

#include <cstdint>

namespace tw::runtime {

constexpr uint32_t kZerosAddress = 0x1000;  // MEM_ZEROS_BASE: reads as zero
constexpr uint32_t kZerosBytes = 512;       // MEM_ZEROS_SIZE
constexpr uint32_t kSemaphoreBase = 0x1400;
constexpr uint32_t kArgsBase = 0x2000;
constexpr uint32_t kArgsBytes = 4096 * 4;  // of one kernel: at most 4094 words (docs/upstream-api.md H8.2)

// The three compute threads share one kernel's arguments.
constexpr uint32_t args_address(uint32_t risc) {
    return kArgsBase + (risc < 2 ? risc : 2) * kArgsBytes;
}
constexpr uint32_t kReservedEnd = kArgsBase + 3 * kArgsBytes;  // below chip.l1_base on every chip

}  // namespace tw::runtime
