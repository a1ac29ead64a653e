// What the packer has put where, and settings of it that stay on for one more section, for findings.
//
// Accumulation adds to what lies in L1. That is a result of this kernel's, or what somebody has filled the page with; a
// page that is none of it holds whatever an earlier program left there. Without accumulation a second tile over one that
// nobody was given is the loss of the first. A kernel that knows of accumulation may mean that; not so where it then puts
// it off that was never on.
//
// That a ReLU, or that sums add to DST, was meant for one section only cannot be known. It shows in straight-line code: set
// for one section, which ran once, still on for the next one at another place.
#pragma once

#include "tw/abi.h"

#include <cstdint>
#include <vector>

namespace tw {

struct ComputeState;
struct Problem;

struct PackBook {
    // Of each granule of L1 (the smallest tile is as large): circular buffer and number of pushes when a tile was packed
    // there last; 0: none was.
    static constexpr uint32_t kGranule = 512, kGranules = 3u << 10;
    uint16_t stamps[kGranules] = {};
    const tw_site* last[TW_MAX_CBS] = {};  // packed into it
    bool told[TW_MAX_CBS] = {};
    // The first tile over another since accumulation was put on or off last.
    const tw_site *over = nullptr, *under = nullptr;
    uint32_t over_cb = 0;
    bool knows_accumulation = false;

    static uint16_t stamp(uint32_t cb, uint32_t pushed) { return static_cast<uint16_t>(cb << 10 | (1 + pushed % 1023)); }
};

// A setting that may have been meant for the section after it alone.
struct OneSection {
    const tw_site* section = nullptr;  // the first use, in the section for which it was set
    uint32_t number = 0;               // of that section
    bool over = false;                 // it was used otherwise: in a loop, told of, set off

    void set() { *this = {}; }
    // A use; true where it is the first one in the second section, at another place behind the first.
    bool is_left_on(uint32_t now, const tw_site* site);
};

namespace compute {

// PACK, before a tile goes to `address`.
void note_page(tw_ctx*, ComputeState&, uint32_t cb, uint32_t address, const tw_site*);
// PACK: accumulation is put on or off.
void note_accumulation(tw_ctx*, ComputeState&, bool on);

}  // namespace compute

// Of a core that has come to its end: tiles over others in a kernel that never accumulates.
std::vector<Problem> judge_packs(const tw_core&);

}  // namespace tw
