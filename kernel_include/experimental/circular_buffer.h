// An object of the data movement API under the name and path that it had in spring 2026.
#pragma once

#include "api/dataflow/circular_buffer.h"

namespace experimental {
using ::CircularBuffer;
#if !defined(COMPILE_FOR_TRISC)
using ::CircularBufferView;
using ::use;
#endif
}  // namespace experimental
