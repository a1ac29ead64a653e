// How much a finding weighs. An error: silicon would hang, give garbage or touch memory that is not the program's. A
// warning: silicon tolerates it, or careful programs do it; results are given. A note counts for nothing: it is there to be
// read.
#pragma once

#include <cstdint>

namespace tw {

enum class Severity : uint8_t { Note, Warning, Error };

}  // namespace tw
