// A processor's records, short: repetition folded.
//
// A record is told by its differences from the last one of the same kind and place; in a loop these are the same each
// round, although addresses advance. What was there before is pointed back to: so many records back, so many records. A
// stretch may run into itself, which is how n rounds become one round and a number. Sequence numbers, whose steps depend on
// what the core's other processors did in between, are kept apart and folded in the same way.
#pragma once

#include "record/bytes.h"
#include "record/record.h"

#include <span>
#include <vector>

namespace tw {

void fold(std::span<const Record>, ByteWriter&);
// Empty, and the reader failed, for what fold() did not write, or for more than `most` records.
std::vector<Record> unfold(ByteReader&, size_t most);

}  // namespace tw
