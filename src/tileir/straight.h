// Buffers whose tiles copies alone take: in float32 the host may send them past the source registers, straight to DST
// (docs/hardware.md 2.1), and the unpacker is then set to another format than for a buffer that an operation reads.
#pragma once

#include "tileir/program.h"

#include <set>
#include <string>

namespace tw::tileir {

// Of those that may hold float32.
std::set<std::string> straight_buffers(const Program&);

}  // namespace tw::tileir
