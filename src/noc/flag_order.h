// Data, then a flag that says that the data is there: does silicon keep the two in order?
//
// Within one processor, one NoC and one static virtual channel Wormhole does (docs/upstream-api.md K4). Unicasts and
// multicasts have channels of their own. Blackhole's command buffers are queues that do not wait for each other: data goes
// by one, flags and atomics by others, so the data has to be flushed in between, or be a
// multicast that is linked to the flag's. Two NoCs never keep order; there only the
// acknowledgement helps.
#pragma once

#include "core/core.h"

namespace tw {

enum class Overtakes : uint8_t { OtherNoc, OtherChannel, OtherBuffer };  // Problem::a of FlagOvertakesData

// A flag or an atomic is about to be sent on `noc` to `address` (a rectangle if `flags` says so).
void check_flag_order(tw_ctx*, uint32_t noc, uint64_t address, uint32_t flags, const tw_site*);

}  // namespace tw
