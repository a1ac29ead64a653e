// What a call with wrong arguments is answered with. nanobind lists the signatures that it tried, which leaves the caller
// to find the argument at fault; here the answer names the argument, its value, what is allowed and the nearest right name:
//
//   CBDescriptor(): incompatible function arguments: total_size = -1, allowed: an integer from 0 to 4294967295
#pragma once

#include "bind/bind.h"

namespace tw::bind {

// Goes over all functions, methods, constructors and setters that were bound in the module, whose answers are such from
// then on. Costs a call one test of its result.
void explain_refused_calls(nb::module_&);

}  // namespace tw::bind
