// What a core's kernels did with one of its semaphores, so that the end of a launch can tell of a word that was reset too
// early, too late or for nothing, or raised past what anybody waits for.
//
// A core's processors share it without locks, as they share the core. What other cores wrote is in their word logs.
#pragma once

#include "tw/abi.h"

#include <algorithm>
#include <cstdint>

namespace tw {

// What the end of a launch may tell of one (Problem::c).
enum class SemaphoreFault : uint8_t { ResetEarly, ResetLate, NeverAwaited, Overshot };

struct SemaphoreBook {
    uint32_t waits = 0, sets = 0;
    uint32_t equal = 0, least = 0;  // the highest value that was waited for, by == and by >=
    bool looked = false;            // read in another way than by a wait
    bool set_first = false;         // the first set came before the first wait
    bool wait_last = false;
    bool prompted = false;           // between a set and the wait behind it the waiter told somebody to go on
    uint8_t waiter = 0, setter = 0;  // the processor
    uint32_t last_value = 0;         // of the last set
    const tw_site *wait = nullptr, *first_set = nullptr, *last_set = nullptr;
    // Words of other cores that the setter had written at its last set, and those that the waiter had incremented at its
    // last wait: a set after more of these came behind a credit.
    uint32_t sent_at_set = 0, added_at_wait = 0;
    const tw_site *late_set = nullptr, *late_add = nullptr;
    uint64_t late_target = 0;  // NoC address of that credit

    void note_wait(uint32_t risc, bool equality, uint32_t value, uint32_t sent, uint32_t added, const tw_site* site) {
        ++waits;
        uint32_t& highest = equality ? equal : least;
        highest = std::max(highest, value);
        prompted |= sets != 0 && sent != sent_at_set;
        wait_last = true;
        waiter = static_cast<uint8_t>(risc);
        added_at_wait = added;
        wait = site;
    }
    void note_set(uint32_t risc, uint32_t value, uint32_t sent, uint32_t added, uint64_t last_target,
                  const tw_site* last_add, const tw_site* site) {
        if (sets++ == 0) {
            set_first = waits == 0;
            first_set = site;
        }
        wait_last = false;
        setter = static_cast<uint8_t>(risc);
        last_value = value;
        last_set = site;
        sent_at_set = sent;
        if (waits != 0 && waiter == risc && added != added_at_wait && !late_set) {
            late_set = site;
            late_add = last_add;
            late_target = last_target;
        }
    }
};

}  // namespace tw
