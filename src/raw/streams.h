// Stores of a loop that run out of the circular buffer that they began in.
#pragma once

#include "raw/access.h"

namespace tw::raw {

// True: this place of the code has run out, and was told of.
bool check_stream(tw_ctx*, const Access&);

}  // namespace tw::raw
