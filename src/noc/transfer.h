// Transfers in flight.
//
// The NoC is asynchronous, and here it is as unhelpful as silicon may be (docs/architecture.md, "Transfers"): a read's
// bytes come when its barrier waits for them, and until then the destination holds poison; a write reads its source when
// something forces it to: a flush or barrier, a later atomic or flag write of the same processor on the same NoC (which
// silicon keeps in order), or that the whole core has nothing else to do. So a missing barrier fails always, not one time
// in a thousand.
//
// Each processor has one queue per NoC. Order inside a queue of writes is kept; reads and writes are unordered on silicon.
#pragma once

#include "core/in_flight.h"
#include "tw/abi.h"

#include <cstdint>

namespace tw {

// Four bytes that are a NaN as float32, as two bfloat16, and a large odd number as an integer.
constexpr uint32_t kPoison = 0x7fa57fa5;

struct Processor;

// Bytes move; what the kernel may rely on stays as it is (core/in_flight.h). Never blocks. True if any moved. (Those of one
// NoC: land_writes() there.)
bool land_all_writes(Processor&);
bool land_all_reads(Processor&);

// The kernel waits: bytes move, and the entries are done with. `what`: bits of tw_noc_wait.
void await_reads(Processor&, uint32_t noc, uint32_t trid);
void await_writes(Processor&, uint32_t noc, uint32_t what, uint32_t trid, const tw_site*);

// Makes room in a list that is full; of its entries only one place is remembered.
void forget_reads(Processor&, uint32_t noc);
void forget_writes(Processor&, uint32_t noc);

}  // namespace tw
