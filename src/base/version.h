// Which tilewright this is, for reports, logs and files that say what wrote them.
#pragma once

#include <string_view>

namespace tw {

std::string_view version();  // "0.1.0", of CMakeLists.txt

}  // namespace tw
