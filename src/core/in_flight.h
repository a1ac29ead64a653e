// What a processor has asked of the NoC and what has not landed yet. Kept with the processor; src/noc fills and lands it.
#pragma once

#include <cstdint>
#include <vector>

struct tw_core;

namespace tw {

struct PendingRead {
    const uint8_t* source;
    uint8_t* destination;
    uint32_t bytes, trid;
    uint32_t id;  // sequence of its record; 0: none
};

struct PendingWrite {
    const uint8_t* source;  // null: zeros
    uint8_t* destination;   // unicast
    uint64_t rectangle;     // the NoC address: multicast's corners, or the one place
    tw_core* target;        // unicast into a running core's L1
    uint32_t bytes, trid;
    uint32_t flags;
    uint32_t id;  // sequence of its record; 0: none
};

// One for each NoC.
struct NocQueue {
    std::vector<PendingRead> reads;
    std::vector<PendingWrite> writes;
    bool empty() const { return reads.empty() && writes.empty(); }
};

}  // namespace tw
