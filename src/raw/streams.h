// Stores of a loop that run out of the circular buffer that they began in.
#pragma once

#include "raw/access.h"

namespace tw::raw {

// What is known of the place that accesses: an older place's is given up for it. A copy loads and stores at one place.
inline RawState::Stream& stream_of(Processor& p, const Access& a) {
    // Accesses of one loop stand close together: apart by what a call takes.
    const auto place = reinterpret_cast<uintptr_t>(a.code) >> 4;
    return p.raw.streams[(place ^ (a.write ? RawState::kStreams / 2 : 0)) % RawState::kStreams];
}

// Of a store. True: this place of the code has run out, and was told of.
bool check_stream(tw_ctx*, RawState::Stream&, const Access&);

}  // namespace tw::raw
