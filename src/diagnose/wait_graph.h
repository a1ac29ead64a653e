// Who waits for whom. A processor that waits has others that could end its wait, by what they did so far or by what they
// are: the ones that push to its circular buffer, that wrote its word, the other side of a handshake. If all of them have
// returned from their kernels the wait is a root of a deadlock: everybody else waits for this one, near or far.
#pragma once

#include "core/core.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tw::diagnose {

struct Party {
    const tw_core* core = nullptr;
    const Processor* p = nullptr;
    bool waits() const { return p->state == FiberState::Blocked || p->state == FiberState::Ready; }
    bool operator==(const Party&) const = default;
};

// The three compute threads of a core run one kernel's text.
bool same_kernel(Party, Party);

// Of one processor's write into a word.
struct Writer {
    Party party;
    const WordUse* use = nullptr;
};

class WaitGraph {
public:
    explicit WaitGraph(std::span<tw_core* const>);

    struct Root {
        Party waiter;
        std::vector<Party> givers;  // could have ended the wait; all have returned, but in a circle
        std::vector<Party> circle;  // all wait for each other; empty if givers have returned
        size_t dependents = 0;      // processors that wait because of this one, its own kernel's left out
    };
    const std::vector<Root>& roots() const { return roots_; }  // what most depend on first
    std::span<tw_core* const> cores() const { return cores_; }

    // Those that could end this one's wait, as far as is known.
    std::vector<Party> givers(Party) const;
    std::vector<Writer> writers(const tw_core&, uint32_t address) const;
    // A processor of another core that runs the same and has pushed (popped) this buffer; none if there is none.
    Party sibling(Party, uint32_t cb, bool pushes) const;
    // Those that wait, of one core.
    std::vector<Party> waiting(const tw_core&) const;

private:
    struct Node {
        Party party;
        std::vector<size_t> next;  // nodes of givers that wait themselves
        std::vector<Party> givers;
    };
    void find_roots();

    std::span<tw_core* const> cores_;
    std::vector<Node> nodes_;
    std::vector<Root> roots_;
};

// The L1 address that a write of a word goes to, on whichever cores.
uint32_t local_of(const WordUse&);
// The L1 word that a processor waits or polls for; 0 if it is none.
uint32_t word_of(const Processor&);
// Whether its kernel has a call of one of these border functions ("tw_cb_push_back").
bool calls_any(const Processor&, std::span<const char* const> symbols);
// Calls that write words of other cores, and of any.
inline constexpr const char* kRemoteWriters[] = {"tw_noc_atomic_add", "tw_noc_write_word", "tw_noc_write"};
inline constexpr const char* kWordWriters[] = {"tw_noc_atomic_add", "tw_noc_write_word", "tw_noc_write", "tw_store_word",
                                               "tw_fetch_add_word"};

}  // namespace tw::diagnose
