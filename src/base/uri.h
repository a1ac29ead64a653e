#pragma once

#include <string>
#include <string_view>

namespace tw {

// A path as a reference to a file is written (RFC 3986): what is no letter, digit or mark of a path becomes %XX.
std::string uri_of(std::string_view path);

}  // namespace tw
