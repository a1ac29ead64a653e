// Whose fault a root of the wait graph is: what both ends did, and which of the two is to blame for it.
#pragma once

#include "diagnose/wait_graph.h"

#include <optional>
#include <string>

namespace tw::diagnose {

struct Blame {
    Party who;
    const tw_site* site = nullptr;
    std::string did;  // what it did, behind its place
    std::string what, why, fix;
    bool host = false;  // `did` names an object of the host's program; there is no place in a kernel
};

Blame blame_pages(const WaitGraph&, const WaitGraph::Root&);  // a consumer whose producers have ended
Blame blame_space(const WaitGraph&, const WaitGraph::Root&);  // a producer whose consumers have ended
Blame blame_word(const WaitGraph&, const WaitGraph::Root&);
// A word that can never be what is waited for, whoever may still run: it went past, or nobody ever wrote it. Where
// handshakes go in circles this tells where the circle broke.
std::optional<Blame> blame_broken_word(const WaitGraph&, Party waiter);

// What the files of this family share.
std::string kernel_of(Party p);
std::string place_of(Party p, const tw_site* site);
std::string pages(uint64_t n);
bool was_given(Party p, uint64_t number);
bool both_were_given_more(Party a, Party b, uint64_t number);
bool left_input(Party p);
bool waits_elsewhere(const WaitGraph& graph, Party giver, Party waiter);

}  // namespace tw::diagnose
