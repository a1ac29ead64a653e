// Names that an operation, its tensors and its parameters cannot have: words of Python and C++, and what the emitted code
// calls its own.
#pragma once

#include <string_view>

namespace tw::builder {

bool is_reserved_name(std::string_view);

}  // namespace tw::builder
