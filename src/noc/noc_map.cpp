#include "noc/noc_map.h"

#include "device/device.h"

namespace tw {

NocMap::NocMap(const Device& device) : arch_(device.chip().arch) {
    const ChipDescription& chip = device.chip();
    for (uint32_t y = 0; y < device.grid().y; ++y) {
        for (uint32_t x = 0; x < device.grid().x; ++x) {
            const NocCoord at_noc = device.worker_noc({x, y});
            at(at_noc.x, at_noc.y) = {.base = device.l1({x, y}),
                                      .size = chip.l1_size,
                                      .is_l1 = true,
                                      .x = at_noc.x,
                                      .y = at_noc.y,
                                      .bank = static_cast<uint16_t>(device.l1_bank({x, y})),
                                      .read_alignment = static_cast<uint8_t>(chip.l1_alignment)};
        }
    }
    for (uint32_t bank = 0; bank < chip.dram_banks; ++bank) {
        const NocCoord at_noc = chip.dram_noc[bank];
        at(at_noc.x, at_noc.y) = {.base = device.dram(bank),
                                  .size = chip.dram_base + chip.dram_bank_size,
                                  .x = at_noc.x,
                                  .y = at_noc.y,
                                  .bank = static_cast<uint16_t>(bank),
                                  .read_alignment = static_cast<uint8_t>(chip.dram_alignment)};
        dram_banks_.push_back(noc_unicast(at_noc.x, at_noc.y, 0));
    }
    for (uint32_t bank = 0; bank < device.num_l1_banks(); ++bank) {
        const NocCoord at_noc = device.worker_noc(device.l1_bank_core(bank));
        l1_banks_.push_back(noc_unicast(at_noc.x, at_noc.y, 0));
    }
}

}  // namespace tw
