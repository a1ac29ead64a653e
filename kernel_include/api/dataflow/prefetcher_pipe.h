// Pipes from the prefetcher. The runtime does not have them: using one is a compile error.
#pragma once

#include "api/dataflow/noc.h"

namespace experimental {

template <int D = 0>
struct PrefetcherPipe {
    static_assert(D != 0, "not implemented in tilewright: experimental::PrefetcherPipe");
};

}  // namespace experimental
