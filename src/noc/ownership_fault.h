// What can be wrong with the bytes that a transfer names. Stated here, put into words by src/diagnose/ownership.cpp.
#pragma once

#include "core/core.h"
#include "noc/ownership.h"

#include <cstdint>

namespace tw::ownership {

// Problem::a of ProblemKind::Ownership.
enum class Fault : uint8_t {
    NoSuchPage,      // the tensor has fewer pages
    PastPage,        // more bytes than the page has left
    LeftPage,        // an accessor's address plus something that leads out of the page
    WrongPage,       // the accessor's base or page size leads to another page
    NoTensorAtBase,  // the accessor's base belongs to nobody
    NoShardHere,     // a sharded tensor has nothing on this core or bank
    PastShard,       // more bytes than the shard, or the bank's share, has left
    NobodysDram,
    NobodysL1,
    ReservedL1,  // below what programs may use
    PastRegion,  // past a circular buffer's end
    Stranger,    // a live tensor that the call was not given
};

struct Fact {
    Fault fault;
    Way way;
    uint64_t address;  // of the NoC, or in own L1
    uint32_t bytes;
    ledger::Tensor* tensor = nullptr;               // that was hit, or that the address was made from
    const ledger::Trail::Origin* origin = nullptr;  // what it was made from
    uint32_t fits = 0;                              // bytes that may be moved
    const ledger::Region* region = nullptr;         // that it begins in
    bool pointer = false;                           // the kernel's own load or store
};

// Reports the fact; returns how many bytes may be moved.
[[gnu::cold, gnu::noinline]] uint32_t refuse(tw_ctx*, const Fact&, const tw_site*);
[[gnu::cold, gnu::noinline]] uint32_t refuse_near(tw_ctx*, const Fact&, const tw_site*);
// Once a tensor.
[[gnu::cold, gnu::noinline]] void warn_stranger(tw_ctx*, ledger::Tensor&, const ledger::Trail::Origin&, Way,
                                                uint64_t address, uint32_t bytes, const tw_site*);

}  // namespace tw::ownership
