// Places the calls that program the compute threads: startup, formats of the unpacker and the packer, inits, the end of a
// reduction's edge mask.
//
// A forward walk over the compute kernel with the state of each field; a call stands where the state is not what the next
// operation needs, compared by value, so that two buffers of one format need no call between them. A field that has one
// value in a whole loop or register scope is set before it. At the head of a loop the state is what its entry and its end
// agree on.
#pragma once

#include "tileir/program.h"

namespace tw::tileir {

// `compute`: project(program, Kernel::Compute).
Block configure(const Program&, const Block& compute);

}  // namespace tw::tileir
