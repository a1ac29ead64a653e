// What a kernel may not do through a pointer: run out of a circular buffer that it was in.
#pragma once

#include "raw/access.h"

namespace tw::raw {

void check(tw_ctx*, const Access&);

}  // namespace tw::raw
