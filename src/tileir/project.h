// The threads' own programs: reader, compute and writer are what is theirs of a tile program, in its order.
#pragma once

#include "tileir/program.h"

namespace tw::tileir {

enum class Kernel : uint8_t { Reader, Compute, Writer };
const char* name_of(Kernel);  // "reader"

Block project(const Program&, Kernel);
// Who does the handshake of a window: of a push the one who writes into it, else the one who reads.
Kernel owner_of(const Window&);

}  // namespace tw::tileir
