// What stands at each NoC coordinate of a device: a worker core's L1 or a DRAM bank. One look-up a transfer.
#pragma once

#include "device/chip.h"
#include "noc/address.h"

#include <array>
#include <cstdint>
#include <vector>

struct tw_core;

namespace tw {

class Device;

struct NocTarget {
    uint8_t* base = nullptr;  // host address of local address 0
    uint64_t size = 0;        // bytes; 0: nothing there
    tw_core* core = nullptr;  // a worker that is part of the running program, else null
    bool is_l1 = false;
    uint8_t x = 0, y = 0;
    uint16_t bank = 0;            // of the memory
    uint8_t read_alignment = 16;  // source and destination of a read agree modulo this
};

class NocMap {
public:
    explicit NocMap(const Device&);

    const NocTarget& at(uint32_t x, uint32_t y) const { return targets_[y << TW_NOC_COORD_BITS | x]; }
    NocTarget& at(uint32_t x, uint32_t y) { return targets_[y << TW_NOC_COORD_BITS | x]; }

    // Bank -> NoC address of local address 0 in that bank.
    uint64_t dram_bank(uint32_t bank) const { return dram_banks_[bank]; }
    uint64_t l1_bank(uint32_t bank) const { return l1_banks_[bank]; }
    Arch arch() const { return arch_; }
    uint32_t dram_bank_count() const { return static_cast<uint32_t>(dram_banks_.size()); }
    uint32_t l1_bank_count() const { return static_cast<uint32_t>(l1_banks_.size()); }

private:
    std::array<NocTarget, 1u << (2 * TW_NOC_COORD_BITS)> targets_{};
    std::vector<uint64_t> dram_banks_, l1_banks_;
    Arch arch_;
};

}  // namespace tw
