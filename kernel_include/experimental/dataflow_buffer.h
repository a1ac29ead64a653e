// An object of the data movement API under the name and path that it had in spring 2026.
#pragma once

#include "api/dataflow/dataflow_buffer.h"

namespace experimental {
using ::DataflowBuffer;
}  // namespace experimental
