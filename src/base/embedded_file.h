// A file that the build put into the library (tools/embed_files.cmake).
#pragma once

#include <cstddef>
#include <string_view>

namespace tw {

struct EmbeddedFile {
    std::string_view name;  // without folder and extension
    std::string_view text;
};

}  // namespace tw
