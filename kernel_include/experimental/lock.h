// An object of the data movement API under the name and path that it had in spring 2026.
#pragma once

#include "api/lock.h"

namespace experimental {
using ::Lock;
}  // namespace experimental
