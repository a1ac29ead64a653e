// Landings in the recording: which write changed which bytes, and how many have come to a core.
#pragma once

#include "core/core.h"

namespace tw {

// Of a landing at `place`, before the bytes change. The arrival is counted before them too: who sees the bytes has seen it.
[[gnu::noinline]] void append_arrival(Processor&, tw_core* target, uint64_t place, const uint8_t* source,
                                      const uint8_t* destination, uint32_t bytes, uint32_t issued);

inline void emit_arrival(Processor& p, tw_core* target, uint64_t place, const uint8_t* source, const uint8_t* destination,
                         uint32_t bytes, uint32_t issued) {
    if (is_recorded(&p.ctx, RecordKind::Arrive)) append_arrival(p, target, place, source, destination, bytes, issued);
}

}  // namespace tw
