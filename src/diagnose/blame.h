// Whose fault a root of the wait graph is: what both ends did, and which of the two is to blame for it.
#pragma once

#include "diagnose/wait_graph.h"

#include <optional>
#include <string>

namespace tw::diagnose {

struct Blame {
    Party who;
    const tw_site* site = nullptr;
    uint32_t line = 0;  // of the site's file, if it is another one than the site's
    std::string did;    // what it did, behind its place
    std::string what, why, fix;
    bool host = false;  // `did` names an object of the host's program; there is no place in a kernel
};

// A processor that waits for pages (for room), and one that should give them: which of the two is to blame.
struct Edge {
    Party waiter, giver;
    uint32_t cb() const { return waiter.p->wait.subject; }
    bool for_pages() const { return waiter.p->wait.kind == WaitKind::CbPages; }
};
// How the evidence adds up. No rule of the hardware is behind these numbers: they were set so that the deadlocking mutants
// of the sample (tests/mutants) are blamed rightly, and held against others outside of it (docs/progress.md).
struct Weight {
    int against_giver = 0;  // negative: against the waiter
    bool call = false;      // a call is wrong, not how often a loop goes round
    int size() const { return against_giver < 0 ? -against_giver : against_giver; }
};
Weight weigh(const WaitGraph&, const Edge&);
Blame blame_edge(const WaitGraph&, const Edge&, const Weight&);
// Nobody on this core gives what it waits for.
Blame blame_nobody(const WaitGraph&, Party waiter);
// A kernel that does on other cores what one waits for here does not run on this core.
std::optional<Blame> blame_missing_kernel(const WaitGraph&, Party waiter);
// It waits for pages that only it could push, or for room that only it could make.
std::optional<Blame> blame_itself(Party waiter);
Blame blame_word(const WaitGraph&, const WaitGraph::Root&);
// A word that can never be what is waited for, whoever may still run: it went past, or nobody ever wrote it. Where
// handshakes go in circles this tells where the circle broke.
std::optional<Blame> blame_broken_word(const WaitGraph&, Party waiter);

// A processor that writes the same word of a core on which nobody waits for it: its coordinates are wrong.
std::optional<Blame> stray_writer(const WaitGraph&, Party waiter, uint32_t address);
// Two that run one kernel raise the same word, and the word of another core that waits for one of them is never raised.
std::optional<Blame> doubled_target(const WaitGraph&, Party waiter, uint32_t address, const std::vector<Writer>&);

// What the files of this family share.
// "semaphore 1", "the word at L1 0x60000"
std::string word_name(const Processor&, uint32_t address);
std::string kernel_of(Party p);
std::string place_of(Party p, const tw_site* site, uint32_t line = 0);
std::string pages(uint64_t n);
constexpr uint32_t kLargestCount = 1 << 16;  // an argument that is larger is an address
bool was_given(Party p, uint64_t number);
// Both have this number, or a larger one, from the host.
bool both_were_given(Party a, Party b, uint64_t least);
// Puts the place at the loop around the site, and says what the loop runs to.
enum class Which : uint8_t { Innermost, Outermost };
void put_at_loop(const WaitGraph&, Blame&, Which);

// Arguments of kernels, core against core (blame_args.cpp). What the host gives is alike on all cores, or in the same ratio
// to what it gives to the core's other kernels.
struct OddArg {
    uint32_t index = 0, here = 0, elsewhere = 0;
};
std::optional<OddArg> odd_argument(const WaitGraph&, Party);
// Above 0: the first one's number is at odds with what the core's kernels have elsewhere, below 0: the second one's.
struct Ratio {
    int against_first = 0;
    bool any_broken = false;
};
Ratio compare_ratios(const WaitGraph&, Party, Party);

}  // namespace tw::diagnose
