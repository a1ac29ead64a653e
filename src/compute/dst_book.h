// Who wrote DST's registers, and the sections from tile_regs_acquire to tile_regs_release, for findings.
//
// A register that nothing has written since its half was released reads as zeros: ComputeState::invalid_rows knows. What
// the packer or an operation takes from there is never what was meant. Whether the call that reads names the wrong
// register, or one that writes does, shows in what else the section wrote and nobody took: registers count from 0, so the
// larger number is the odd one. The packer takes its registers one by one, so it is judged at the release.
//
// A second acquire or wait without a commit or release between them does no harm by itself: both only wait. Whether one was
// left out shows in the end, by the counts.
#pragma once

#include "tw/abi.h"

#include <cstdint>
#include <vector>

namespace tw {

struct ComputeState;
struct Problem;
constexpr uint32_t kDstTiles = 16;

struct DstBook {
    const tw_site* written[kDstTiles] = {};  // by whom last, since the half was released
    uint32_t taken = 0;                      // a bit a tile that was packed, or an operation's operand, after that
    const tw_site* lost = nullptr;           // wrote a tile that a copy has overwritten before anybody took it
    const tw_site* last_written = nullptr;
    const tw_site* acquired_at[2] = {};  // of the halves
    // MATH: the first section that another acquire followed.
    const tw_site* uncommitted = nullptr;
    uint32_t uncommitted_number = 0;  // commits before it
    // PACK: in this section the first tile that nothing has written, and what was packed last; the first section that
    // another wait followed.
    const tw_site* bare = nullptr;
    uint32_t bare_register = 0;
    const tw_site* last_packed = nullptr;
    const tw_site* unreleased = nullptr;

    void note_written(uint32_t tile, const tw_site* site) {
        written[tile] = last_written = site;
        taken &= ~(1u << tile);
    }
    void note_taken(uint32_t tile) { taken |= 1u << tile; }
};

namespace compute {

// An operation reads DST tile `d` of the calling thread's half, which nothing has written.
[[gnu::cold, gnu::noinline]] void report_unwritten(tw_ctx*, ComputeState&, uint32_t d, const tw_site*);
// PACK, at the end of a section that has packed nothing.
[[gnu::cold, gnu::noinline]] void look_for_unpacked(tw_ctx*, ComputeState&, const tw_site*);
// PACK, at the end of a section that has packed such a tile.
[[gnu::cold, gnu::noinline]] void report_bare(tw_ctx*, ComputeState&);

}  // namespace compute

// Of a core that has come to its end, or can go on no more: hand-overs of DST that were left out.
std::vector<Problem> judge_sections(const tw_core&);
// Of a core that has come to its end: a call took both operands from one buffer, and pages of another, that were waited for
// before it and popped behind it, nobody ever read.
std::vector<Problem> judge_reads(const tw_core&);

}  // namespace tw
