// An object of the data movement API under the name and path that it had in spring 2026.
#pragma once

#include "api/core_local_mem.h"

namespace experimental {
using ::CoreLocalMem;
}  // namespace experimental
