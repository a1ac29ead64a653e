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

// Lands what is pending. Never blocks.
void land_reads(Processor&, uint32_t noc, uint32_t trid = TW_NOC_TRID_NONE);
void land_writes(Processor&, uint32_t noc, uint32_t trid = TW_NOC_TRID_NONE);
// All writes of the processor, on both NoCs; true if there were any.
bool land_all_writes(Processor&);
bool land_all_reads(Processor&);

}  // namespace tw
