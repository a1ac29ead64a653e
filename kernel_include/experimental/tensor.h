// An object of the data movement API under the name and path that it had in spring 2026.
#pragma once

#include "api/tensor/noc_traits.h"

namespace experimental {
using ::noc_traits_t;
}  // namespace experimental
