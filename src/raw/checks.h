// What a kernel may not do through a pointer: run out of a circular buffer that it was in, use pages that are not its own
// now, load what has not come yet, touch memory that nobody gave it.
#pragma once

#include "raw/access.h"

namespace tw::raw {

// True: it is a loop's next one.
bool check(tw_ctx*, const Access&);

}  // namespace tw::raw
