// An object of the data movement API under the name and path that it had in spring 2026.
#pragma once

#include "api/dataflow/endpoints.h"

namespace experimental {
using ::AllocatorBank;
using ::AllocatorBankType;
using ::MulticastEndpoint;
using ::UnicastEndpoint;
}  // namespace experimental
