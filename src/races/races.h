// Races of a run that is over, found in its recording: two processors touched the same bytes, one of them changed them, and
// nothing that the program waits for puts one before the other. The schedule that the run happened to have does not matter:
// what is asked is whether circular buffers, semaphores, flags, barriers, mailboxes and the compute threads' handshakes
// order the two.
//
// How it is done. The records of a core have one order; between cores an arrival comes before whatever had seen its number
// (docs/design/events-and-recording.md). So there is an order in which all records can be gone through once, and on the way
// each thread has a vector clock (clock.h). A transfer is an access of an engine beside its processor: it begins with what
// the processor knew at the call, and the processor learns of it at the barrier.
//
// What is left out, so that no correct program is told of:
//  - words that somebody waits on or polls, semaphores, and targets of atomics and inline writes: they are what orders
//  things;
//  - a write that finds what the launch wrote there before, and changes nothing, has no order with that write;
//  - two accesses of one processor (what it does too early to its own transfers is found at the call).
#pragma once

#include "record/recording.h"

#include <cstdint>
#include <vector>

namespace tw::races {

struct Place {
    uint32_t processor = 0;  // of Recording::processors
    uint16_t site = 0;       // of its writer
    bool write = false;
};

struct Race {
    Place first, second;           // as the run had them
    uint8_t noc_x = 0, noc_y = 0;  // whose memory
    int32_t core = -1;             // of the recording; -1: DRAM, or a core that does not run
    uint64_t begin = 0, end = 0;
    uint32_t times = 1;
};

struct Result {
    std::vector<Race> races;  // of different places, the earliest first
    bool complete = true;     // false: the recording is not whole, so nothing was looked for
};

Result find(const Recording&);

}  // namespace tw::races
