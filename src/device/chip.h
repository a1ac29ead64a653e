// What a chip is: grid, memories, alignments, coordinates. Read from data/chips/*.json; no code has these
// numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

enum class Arch : uint8_t { WormholeB0 = 2, Blackhole = 3 };  // values of ttnn.device.Arch (docs/upstream-api.md H1.1)

struct NocCoord {
    uint8_t x = 0, y = 0;
    bool operator==(const NocCoord&) const = default;
};

struct ChipDescription {
    std::string name;       // "wormhole_n150"
    std::string arch_name;  // "wormhole_b0"
    Arch arch = Arch::WormholeB0;
    uint32_t grid_x = 0, grid_y = 0;                    // workers with slow dispatch: the full grid
    uint32_t fast_dispatch_x = 0, fast_dispatch_y = 0;  // workers left when dispatch cores are taken
    uint32_t l1_size = 0;                               // bytes per core
    uint32_t l1_base = 0;                               // first allocatable L1 address; circular buffers start here
    uint32_t dram_banks = 0;
    uint64_t dram_bank_size = 0;  // allocatable bytes
    uint64_t dram_base = 0;       // first allocatable address in a bank
    uint32_t l1_alignment = 0, dram_alignment = 0, allocation_alignment = 0;
    uint32_t max_cbs = 0, max_semaphores = 0;
    double clock_ghz = 0;
    std::vector<uint8_t> worker_noc_x, worker_noc_y;  // logical x -> virtual x, logical y -> virtual y
    std::vector<NocCoord> dram_noc;                   // bank -> virtual coordinate
};

// By name ("n150", "wormhole_n150", "wormhole_b0", "p150", "blackhole", ...) or by path of a JSON file. Raises
// HostError[unknown-chip].
const ChipDescription& find_chip(std::string_view name_or_path);
// TILEWRIGHT_CHIP, else ARCH_NAME, else n150.
const ChipDescription& default_chip();

}  // namespace tw
